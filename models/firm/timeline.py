"""变更与往来: everything that happened to a firm, from its dated rows and from the change log, newest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, select

from models import clock
from models.base import db
from models.change import CHANGE_SOURCES, Change
from models.firm.merge import FirmMerge
from models.firm.officers import POSITIONS
from models.firm.places import PLACE_SOURCES
from models.firm.profile import Origin, Profile, origin_text
from models.firm.record import STATUSES, Firm
from models.firm.status import FLAGS
from models.firm.words import FIELDS, TABLES, figure_name, value_text
from models.firm.yearly import FirmFigure
from models.importing import ImportRow, ImportRun
from models.rules.ladder import FOREVER
from models.title import Title
from models.user import User

#: More changes than these are not read for one page.
CHANGES_READ = 400

#: What a reader may narrow the timeline to, and the kinds of events that are meant.
KINDS = {"visit": ("visit",), "title": ("title", "lost"), "issue": ("issue",)}

#: Rows of these tables are told by what they say (from–to), not by when they were typed in.
TOLD_BY_ROWS = {"firm_name", "firm_place", "firm_status", "firm_flag", "firm_officer", "title", "pool_member", "visit",
                "visit_demand", "promise", "issue", "training_firm"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: the day, the words, old → new, where it comes from, and what colours its dot."""

    on: date
    what: str
    detail: str = ""
    old: str = ""
    new: str = ""
    source: str = ""
    kind: str = ""
    at: datetime | None = None

    @property
    def when(self) -> str:
        """The day and its name: 2026-11-18 周三."""
        return f"{self.on.isoformat()} 周{'一二三四五六日'[self.on.weekday()]}"


def events(profile: Profile, kinds: str = "", besides: Iterable[Event] = ()) -> list[Event]:
    """The events up to the day of the profile, newest first, with those that others tell; kinds "visit", "title" or
    "issue" keeps only these.

    Two statements beside those of the profile.
    """
    found = [*_titles(profile), *_visits(profile), *_dated(profile), *_pools(profile), *besides]
    if not kinds:
        found += [*_beginning(profile), *_changes(profile), *_merges(profile)]
    else:
        found = [event for event in found if event.kind in KINDS[kinds]]
    # What happened on one day keeps the order in which it was typed in, latest first.
    return sorted((event for event in found if event.on <= profile.on), key=_order, reverse=True)


def _order(event: Event) -> tuple[date, datetime]:
    return event.on, event.at or datetime.min.replace(tzinfo=clock.ZONE)


def _beginning(profile: Profile) -> Iterator[Event]:
    """When the firm was founded, and the list that brought it here; one typed in by hand stands in the change log."""
    firm = profile.firm
    if firm.founded_on is not None:
        yield Event(firm.founded_on, "成立")
    if firm.import_row_id is not None:
        what = "由名单带入，待核实" if firm.unverified else "列入企业册"
        source = profile.origins.get(firm.import_row_id, "导入")
        yield Event(clock.local(firm.created_at).date(), what, source=source, at=firm.created_at)


def _titles(profile: Profile) -> Iterator[Event]:
    held: dict[int, date] = {}
    for title in reversed(profile.titles):
        name, source = title.type.name, profile.origins.get(title.import_row_id or 0, title.source)
        number = "，".join(filter(None, (title.batch, f"编号 {title.number}" if title.number else "")))
        renewed = title.type_id in held and held[title.type_id].year >= title.issued_on.year
        verb = "公示" if title.provisional else "重新认定" if renewed else "取得"
        yield Event(title.issued_on, f"{verb}{name}", number, source=source, kind="title")
        if title.revoked_on:
            yield Event(title.revoked_on, f"{name}被撤销", title.revoked_reason, source=source, kind="lost")
        elif title.ends_on is not None and title.ends_on < profile.on and not _renewed(profile, title):
            yield Event(title.ends_on, f"{name}到期", kind="lost")
        held[title.type_id] = max(title.ends_on or FOREVER, held.get(title.type_id, title.issued_on))


def _renewed(profile: Profile, title: Title) -> bool:
    """Whether a newer title of the type was there before this one ended, or it never counted."""
    newer = (other for other in profile.titles if other.type_id == title.type_id and other.issued_on > title.issued_on)
    return title.provisional or any(other.issued_on <= (title.ends_on or FOREVER) + timedelta(1) for other in newer)


def _visits(profile: Profile) -> Iterator[Event]:
    for visit in profile.visits:
        who = "、".join(profile.visitors.get(visit.id, ())) or visit.recorded_by_text
        what, source = visit.kind.name, profile.origins.get(visit.import_row_id or 0, "")
        what = f"{what} · {who}" if who else what
        yield Event(visit.visit_on, what, visit.text, source=source, kind="visit", at=visit.created_at)


def _dated(profile: Profile) -> Iterator[Event]:
    names = [row for row in profile.names if row.kind == "registered"]
    for row in names:
        if row.from_on is not None:
            before = next((other.name for other in names if other.to_on == row.from_on - timedelta(1)), "")
            source = profile.origins.get(row.import_row_id or 0, row.source)
            if before:
                yield Event(row.from_on, "更名", old=before, new=row.name, source=source)
    for status in profile.statuses:
        if status.from_on is not None:
            source = profile.origins.get(status.import_row_id or 0, status.source)
            yield Event(status.from_on, f"登记状态改为{STATUSES[status.status]}", status.reason, source=source)
    for flag in profile.flags:
        yield Event(flag.from_on, f"列入{FLAGS[flag.flag]}", flag.reason, source=flag.source, kind="lost")
        if flag.to_on is not None:
            yield Event(flag.to_on, f"移出{FLAGS[flag.flag]}", source=flag.source)
    yield from _places(profile)
    for officer in profile.officers:
        others = (row for row in profile.officers if row.position == officer.position)
        old, new = profile.people.get(_before(officer, others, "user_id"), ""), profile.people.get(officer.user_id, "")
        yield Event(officer.from_on, POSITIONS[officer.position], old=old, new=new)


def _places(profile: Profile) -> Iterator[Event]:
    for place in profile.places:
        if place.from_on is not None:
            others = (row for row in profile.places if row.tree == place.tree)
            old, new = profile.areas.get(_before(place, others, "area_id"), ""), profile.areas.get(place.area_id, "")
            what = "所在街镇" if place.tree == "area" else "所在园区"
            source = profile.origins.get(place.import_row_id or 0, PLACE_SOURCES[place.source])
            yield Event(place.from_on, what, old=old, new=new, source=source)


def _before(row: Any, others: Iterable[Any], column: str) -> int:
    """What stood there until the day before this row began; 0 for nothing."""
    until = row.from_on - timedelta(1)
    return next((getattr(other, column) for other in others if other.to_on == until), 0)


def _pools(profile: Profile) -> Iterator[Event]:
    for stay in profile.pools:
        year = f"{stay.plan_year} 年" if stay.plan_year else ""
        source = profile.origins.get(stay.import_row_id or 0, stay.source)
        yield Event(stay.from_on, f"进入{stay.type.name}", "，".join(filter(None, (year, stay.reason))), source=source)
        if stay.to_on is not None:
            yield Event(stay.to_on, f"退出{stay.type.name}", stay.exit_reason)


def _merges(profile: Profile) -> Iterator[Event]:
    for record, name, person in db.session.execute(_queries()["merges"], {"firm_id": profile.firm.id}):
        yield Event(
            clock.local(record.merged_at).date(), "合并重复企业", f"“{name}”并入", source=person, at=record.merged_at
        )
        if record.undone_at is not None:
            yield Event(clock.local(record.undone_at).date(), "撤销合并", f"“{name}”恢复为另一家", at=record.undone_at)


@cache
def _queries() -> dict[str, Any]:
    """Composed once: composing a statement takes longer than running it."""
    firm_id: Any = bindparam("firm_id")
    merges = select(FirmMerge, Firm.name, User.name).join(Firm, Firm.id == FirmMerge.gone_id)
    merges = merges.join(User, User.id == FirmMerge.merged_by_id).where(FirmMerge.kept_id == firm_id)
    changes = select(Change, User.name, ImportRun.file_name, ImportRow.sheet, ImportRow.row, ImportRow.id)
    changes = changes.outerjoin(User, User.id == Change.person_id)
    changes = changes.outerjoin(ImportRow, and_(Change.source == "import", ImportRow.id == Change.source_id))
    changes = changes.outerjoin(ImportRun, ImportRun.id == ImportRow.import_id).where(Change.firm_id == firm_id)
    return {
        "merges": merges.order_by(FirmMerge.id),
        "changes": changes.order_by(Change.id.desc()).limit(CHANGES_READ),
    }


def _changes(profile: Profile) -> Iterator[Event]:
    """What the log holds beside the rows that tell themselves: fields that changed, rows that came and went."""
    rows = db.session.execute(_queries()["changes"], {"firm_id": profile.firm.id}).all()
    figures = {row.id: row for series in profile.series for row in series.rows}
    for change, person, file, sheet, row, row_id in rows:
        event = _told(change, figures)
        if event is not None:
            said = origin_text(file, sheet, row) if file else CHANGE_SOURCES.get(change.source, "")
            source = " · ".join(filter(None, (said, person)))
            on = clock.local(change.at).date()
            yield Event(on, *event, source=Origin(source, row_id) if file else source, at=change.at)


def _told(change: Change, figures: dict[int, FirmFigure]) -> tuple[str, str, str, str] | None:
    """What, detail, old, new; None for what a reader need not see."""
    table = change.table_name
    subject = TABLES.get(table, "")
    if table == "firm_figure" and change.row_id in figures:
        figure = figures[change.row_id]
        subject = f"{figure.year} 年{figure_name(figure.key)}"
        if change.act == "created":
            return subject, figure.source, "", f"{figure.value:,f}"
    if change.act == "updated":
        field = FIELDS.get(table, {}).get(change.field or "")
        if field is None or (table, change.field) == ("firm_name", "to_on"):
            # A name ends where the next begins, and 更名 says that.
            return None
        what = field if table == "firm" else f"{subject}{'：' if subject else ''}{field}"
        return what, "", value_text(change.field or "", change.old), value_text(change.field or "", change.new)
    if table in TOLD_BY_ROWS and change.act == "created":
        return None
    if not subject:
        return None
    return f"{'新增' if change.act == 'created' else '删除'}{subject}", "", "", ""


def shown(event: Event) -> dict[str, Any]:
    """The event as the timeline macro takes it."""
    return {"when": event.when, "what": event.what, "detail": event.detail, "old": event.old, "new": event.new,
            "source": event.source, "kind": event.kind}  # fmt: skip
