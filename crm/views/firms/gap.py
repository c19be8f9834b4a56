"""达标对照: every title at once, what is missing, what would change if figures changed."""

from datetime import date

from flask import g, render_template, request, url_for

from crm.access import needs
from crm.views.firms.base import bp
from crm.views.firms.record import day
from models import clock, radar
from models.assessment import trial
from models.assessment.bridge import Inputs, inputs_of
from models.assessment.card import NAMES, card_of, value_words
from models.assessment.plan import FirmPlan
from models.firm import Firm
from models.firm.editing import may_change
from models.firm.profile import origins
from models.firm_input.stale import freshness_of
from models.rule_book import shelf
from models.rules import judgement as questions
from models.rules.assess.book import REGIMES
from models.rules.assess.names import NUMBERS, label_of, with_year
from models.rules.assess.reading import Value


@bp.get("/<int:firm_id>/gap")
@needs("firms.view")
def gap(firm_id: int) -> str:
    """The card as of a day; with figures in the address, each title as it would be beside what it is."""
    firm, on = Firm.get_for(g.user, firm_id), day()
    inputs = inputs_of([firm.id], on)[firm.id]
    tried = trial.read(request.args, on, present(inputs))
    books = shelf()
    card = card_of(inputs, books)
    after = card_of(inputs, books, tried.changes) if tried.changes else None
    return render_template(
        "firms/gap.html", firm=firm, on=on, as_of=on != clock.today(), card=card, after=after, tried=tried,
        changed=changed(inputs, tried), levers=trial.levers(on), present=now_words(inputs),
        may_change=may_change(g.user, firm),
        origins=origins({known.row_id for known in inputs.known.values() if known.row_id}),
        where=lambda key: where(firm.id, key, on), label_of=lambda key: label_of(key, on.year - 1),
        ticket=radar.ticket_of(firm.id, on),
        fresh=freshness_of(firm.id, on), yes_no=trial.YES_NO, plans=FirmPlan.list_of(firm.id), names=NAMES,
    )  # fmt: skip


def present(inputs: Inputs) -> dict[str, Value]:
    """What is known of the firm by any title."""
    found: dict[str, Value] = {}
    for regime in REGIMES:
        found = {**inputs.values(regime), **found}
    return found


def now_words(inputs: Inputs) -> dict[str, str]:
    """Every known value in words, for the hint beside its field."""
    return {key: value_words(key, value) for key, value in present(inputs).items()}


def changed(inputs: Inputs, tried: trial.Trial) -> list[tuple[str, str, str]]:
    """(figure, now, tried) of each figure that was changed."""
    now = now_words(inputs)
    return [
        (label_of(key, inputs.on.year - 1), now.get(key, "未填"), value_words(key, value))
        for key, value in tried.changes.items()
    ]


def where(firm_id: int, key: str, on: date) -> str:
    """The page on which a missing figure is given; empty where there is none."""
    name, year = with_year(key)
    if name in questions.QUESTIONS:
        return url_for("firms.say", firm_id=firm_id, key=name)
    if key in ("awards", "equity_paid_in"):
        return url_for("firms.judgements", firm_id=firm_id)
    if name.startswith("ip."):
        return url_for("firms.patents", firm_id=firm_id)
    if key in ("registered", "industry_code"):
        return url_for("firms.edit", firm_id=firm_id)
    if key.split(".")[0] == "titles":
        return url_for("titles.new", firm_id=firm_id)
    if name in NUMBERS and (NUMBERS[name].yearly or name in ("staff_total", "tech_staff")):
        return url_for("firms.figures", firm_id=firm_id, key=name, year=year or on.year - 1)
    return ""
