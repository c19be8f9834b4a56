"""Titles of which several sources spoke: without the one that is undone, what the others say stands
(models/rules/title_sources.py)."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from crm.imports import state
from crm.imports.titles.giving import SETTLED
from crm.imports.undo import words
from crm.imports.undo.verdict import Back, Kept, Verdict
from models.base import db
from models.rules.title_sources import settle
from models.title import Title, TitleType
from models.title_source import TitleSource


def settle_titles(verdict: Verdict) -> None:
    """Titles that keep some of their sources get the values those say, where nobody wrote other ones by hand."""
    going = verdict.remove.get("title_source", set())
    titles: set[int] = set()
    for chunk in state.chunks(sorted(going)):
        titles |= set(db.session.scalars(select(TitleSource.title_id).where(TitleSource.id.in_(chunk))))
    left = sorted(title_id for title_id in titles if not verdict.goes("title", title_id))
    validity = {kind.id: kind.validity for kind in TitleType.list_all()}
    for chunk in state.chunks(left):
        said: dict[int, list[TitleSource]] = defaultdict(list)
        for row in db.session.scalars(
            select(TitleSource).where(TitleSource.title_id.in_(chunk)).order_by(TitleSource.id)
        ):
            said[row.title_id].append(row)
        table = Title.__table__
        columns = [table.c.id, table.c.firm_id, table.c.type_id, *(table.c[name] for name in SETTLED)]
        query = select(*columns).where(Title.id.in_(chunk))
        for title_id, firm_id, type_id, *values in db.session.execute(query.order_by(Title.id)):
            stands = dict(zip(SETTLED, values, strict=True))
            _settle(verdict, title_id, firm_id, stands, said[title_id], validity[type_id])


def _settle(
    verdict: Verdict,
    title_id: int,
    firm_id: int,
    stands: dict[str, Any],
    rows: list[TitleSource],
    validity: str,
) -> None:
    left = [row.said for row in rows if not verdict.goes("title_source", row.id)]
    if not left:
        return
    place = ("title", title_id)
    before = settle([row.said for row in rows], validity).values
    after = settle(left, validity).values
    if "issued_on" not in after:
        return
    typed = [name for name in SETTLED if stands[name] != before.get(name)]
    others = [name for name in SETTLED if name not in typed and after[name] != stands[name]]
    backs = [back for back in verdict.restore.get(place, ()) if back.field not in SETTLED]
    backs += [Back(name, stands[name], after[name]) for name in others]
    if backs:
        verdict.restore[place] = backs
        verdict.whose[place].add(verdict.trace.run.id)
        verdict.trace.firms[place] = firm_id
    else:
        verdict.restore.pop(place, None)
    if not typed:
        verdict.kept = [one for one in verdict.kept if (one.table, one.id) != place]
        if verdict.trace.has_made(*place):
            verdict.kept.append(Kept(*place, words.LEANING["title_source"], verdict.trace.makers[place]))
    elif not any((one.table, one.id) == place for one in verdict.kept):
        verdict.kept.append(Kept(*place, words.BY_HAND, verdict.trace.run.id))
