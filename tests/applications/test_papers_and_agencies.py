"""Papers asked for before a stage is left; agencies, whom they served and how that went."""

import io
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock
from models.application import Agency, AgencyJudgement, Application, ApplicationAgency, PaperRule, acts, papers
from models.application.acts import Going, PapersMissing
from models.application.adding import add_firms
from models.application.agencies import records, serve
from models.base import db
from models.errors import Refused
from models.rules.application import STAGES, papers_before
from tests.support.application_factories import make_agency, make_application, make_application_batch, make_paper_rule
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user

TODAY = clock.today()
DAY = timedelta(days=1)
#: A small PDF, as far as anybody looks.
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.mark.parametrize(
    "old, new, stages",
    [
        ("intention", "coaching", ("intention",)),
        ("coaching", "pre_review", ("intention", "coaching")),
        ("coaching", "submitted", ("intention", "coaching", "pre_review")),
        ("submitted", "accepted", ("intention", "coaching", "pre_review")),
        ("pre_review", "coaching", ()),
        ("coaching", "abandoned", ()),
    ],
)
def test_which_papers_a_way_forward_asks_for(old: str, new: str, stages: tuple[str, ...]) -> None:
    assert papers_before(old, new) == stages


def test_papers_refuse_or_warn_and_nothing_back_or_out(app: Flask) -> None:
    batch, user, now = make_application_batch(), make_user(role="manager"), clock.now()
    must, should = make_paper_rule(batch, need="refuse", name="专利证书"), make_paper_rule(batch, name="立项材料")
    make_paper_rule(batch, need="none"), make_paper_rule(batch, need="refuse", active=False)
    make_paper_rule(batch, need="refuse", stage="pre_review", name="审计报告")
    row = make_application(batch=batch, stage="coaching")
    with pytest.raises(Refused, match="还缺专利证书，") as stopped:
        acts.move(row, user, now, "pre_review", Going(anyway=True))
    assert not isinstance(stopped.value, PapersMissing) and "审计报告" not in str(stopped.value)
    papers.bring(row.id, must, user, now, TODAY)
    with pytest.raises(PapersMissing, match="立项材料"):
        acts.move(row, user, now, "pre_review")
    acts.move(row, user, now, "pre_review", Going(anyway=True))
    acts.move(row, user, now, "coaching", Going(words="补材料"))
    papers.take_back(row.id, must)
    papers.bring(row.id, should, user, now, TODAY)
    assert [rule.name for rule in papers.missing(papers.checklist(row.id, batch.type_id), "coaching", "submitted")] == [
        "专利证书", "审计报告",
    ]  # fmt: skip
    acts.move(row, user, now, "abandoned", Going(words="不报了"))


def test_what_lasts_goes_into_the_next_application(app: Flask) -> None:
    user, now, firm = make_user(role="manager"), clock.now(), make_firm()
    first = make_application_batch(year=2025)
    lasting, other = make_paper_rule(first, lasting=True), make_paper_rule(first)
    old = make_application(firm, first, stage="refused")
    for rule in (lasting, other):
        papers.bring(old.id, rule, user, now, date(2025, 5, 6))
    second = make_application_batch(year=2026)
    add_firms(user, second, [firm.id, make_firm().id], now)
    new = db.session.scalars(select(Application).where(Application.before_id == old.id)).one()
    lines = papers.checklist(new.id, second.type_id)
    assert [(line.rule, line.paper.got_on if line.paper else None) for line in lines] == [
        (lasting, date(2025, 5, 6)), (other, None),
    ]  # fmt: skip


def test_an_agency_serves_from_a_day_until_another_does(app: Flask) -> None:
    one, other, row = make_agency(), make_agency(), make_application()
    serve(row, one, TODAY - 9 * DAY)
    serve(row, other, TODAY - 2 * DAY)
    serve(row, one, TODAY)
    serve(row, other, TODAY)
    assert [(part.agency, part.from_on, part.to_on) for part in ApplicationAgency.list_of(row.id)] == [
        (one, TODAY - 9 * DAY, TODAY - 3 * DAY), (other, TODAY - 2 * DAY, TODAY - DAY), (other, TODAY, None),
    ]  # fmt: skip
    serve(row, None, TODAY + DAY)
    assert row.agency_id is None and ApplicationAgency.list_of(row.id)[-1].to_on == TODAY


def test_success_counts_what_was_decided_of_what_one_sees(app: Flask) -> None:
    agency = make_agency()
    for place, stage in enumerate(STAGES):
        row = make_application(make_firm(area=("青禾街道", "东湖镇")[place % 2]), stage=stage)
        serve(row, agency, TODAY)
    found = records(make_user(role="manager"))[agency.id]
    assert (found.all, found.success.part, found.success.whole) == (10, 1, 2)
    town = records(make_user(role="town", area="东湖镇"))[agency.id]
    assert (town.all, town.success.part, town.success.whole) == (5, 1, 1)


def test_the_register_seals_its_people_and_says_why_one_goes(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office", name="许沛"))
    data = {"name": "云澜启明科技服务有限公司", "contact_name": "周行之", "contact_phone": "15400001234", "active": "y"}
    page = lite_browser.send("/applications/agencies/new", data)
    assert "周** 尾号 1234" in page.text and "15400001234" not in page.html
    agency = db.session.scalars(select(Agency)).one()
    assert agency.phone_sealed is not None and b"15400001234" not in agency.phone_sealed
    at = f"/applications/agencies/{agency.id}"
    assert "已有这家机构" in lite_browser.send("/applications/agencies/new", data, status=422).text
    form = lite_browser.open(f"{at}/edit")
    assert "15400001234" not in form.html
    assert "停用请写原因" in lite_browser.send(f"{at}/edit", {"name": agency.name}, status=422).text
    page = lite_browser.send(f"{at}/edit", {"name": agency.name, "removed_reason": "材料造假"})
    assert "停用：材料造假" in page.text and "周** 尾号 1234" in page.text
    page = lite_browser.send(f"{at}/judgements", {"year": "2026", "words": "按时交件"})
    page = lite_browser.send(f"{at}/judgements", {"year": "2026", "words": "两家退件"})
    assert "2026 年 两家退件" in page.text and len(db.session.scalars(select(AgencyJudgement)).all()) == 1


def test_papers_are_ticked_on_the_record_with_a_file_or_without(lite_browser: Browser) -> None:
    batch = make_application_batch()
    must, should = make_paper_rule(batch, need="refuse", name="专利证书"), make_paper_rule(batch, name="立项材料")
    coach = make_user()
    row = make_application(batch=batch, stage="coaching", stage_on=TODAY, coach_id=coach.id)
    agency, batch_id = make_agency(), batch.id
    at, ids, agency_id = f"/applications/{row.id}", (must.id, should.id), agency.id
    lite_browser.sign_in(make_user(role="manager"))
    page = lite_browser.open(f"{at}/move/pre_review")
    assert "还缺 2 份材料" in page.text and "先推进" not in page.text
    assert "必须有" in lite_browser.send(f"{at}/move/pre_review", {"on": str(TODAY)}, status=422).text
    page = lite_browser.send(
        f"{at}/papers/{ids[0]}", {"got_on": str(TODAY), "file": (io.BytesIO(PDF), "专利.pdf")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert "✓ 专利证书" in page.text
    assert lite_browser.get(f"{at}/papers/{ids[0]}/file").data == PDF
    assert lite_browser.get(f"{at}/papers/{ids[1]}/file").status_code == 404
    wrong = lite_browser.send(f"{at}/papers/{ids[1]}", {"got_on": str(TODAY + DAY)}, status=422)
    assert "不能晚于今天" in wrong.text
    assert "先推进" in lite_browser.send(f"{at}/move/pre_review", {"on": str(TODAY)}, status=422).text
    lite_browser.send(f"{at}/move/pre_review", {"on": str(TODAY), "anyway": "y"})
    page = lite_browser.send(f"{at}/agency", {"agency_id": str(agency_id), "on": str(TODAY)})
    assert "预评审" in page.text and "科技服务有限公司" in page.text
    assert lite_browser.open(f"/applications/batches/{batch_id}").rows("申报企业")[0][4] == "1／2"
    lite_browser.send(f"{at}/papers/{ids[0]}/back")
    assert "✕ 专利证书" in lite_browser.open(at).text
    lite_browser.sign_in(make_user())
    assert "辅导，要改" in lite_browser.send(f"{at}/papers/{ids[0]}", {"got_on": str(TODAY)}, status=422).text


def test_the_office_keeps_the_list_of_papers(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    page = lite_browser.open("/applications/papers")
    assert "近三年研发费用专项审计报告" in page.text and len(page.rows("材料清单")) == 12
    type_id = db.session.scalars(select(PaperRule.type_id)).first()
    data = {"name": "承诺书", "stage": "pre_review", "need": "refuse", "position": "20", "active": "y"}
    page = lite_browser.send(f"/applications/papers/new?type={type_id}", data)
    assert "承诺书" in page.text
    assert "已有“承诺书”" in lite_browser.send(f"/applications/papers/new?type={type_id}", data).text
    rule = db.session.scalars(select(PaperRule).where(PaperRule.name == "承诺书")).one()
    page = lite_browser.send(f"/applications/papers/{rule.id}/edit", {**data, "active": ""})
    assert "承诺书 停用" in page.text
