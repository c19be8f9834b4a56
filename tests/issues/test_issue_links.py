"""Links of issues: a firm's and a handler's page open one issue, act once, and refuse everything else alike, logged."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock, link, outbox
from models.base import db
from models.file import StoredFile
from models.issue import Issue
from models.issue.acts import closing, desk, firm_word
from models.issue.acts.actor import Actor
from models.issue.acts.desk import DispatchInput
from models.issue.parts import IssueAnswer, IssueAssignment, IssueFile
from models.link import Link, LinkOpening
from tests.support import issue_story as story
from tests.support.browser import Browser
from tests.support.factories import make_contact, make_firm
from tests.support.issue_factories import make_outside_handler

REFUSED = "这个链接打不开"
PDF = b"%PDF-1.4 evidence"


class Visitor(Browser):
    """Sends forms as a phone does."""

    def post(self, url: str, data: Any = None, **kwargs: Any) -> Any:
        return super().post(url, data=data or {}, **kwargs)


@pytest.fixture
def browser(app: Flask) -> Visitor:
    """Somebody without an account, until they sign in."""
    return Visitor(app)


@pytest.fixture
def now() -> Any:
    return clock.now()


def outcomes() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(LinkOpening.outcome).order_by(LinkOpening.id)))


def asked(at: Any, **values: Any) -> tuple[Issue, Link, str]:
    found = story.asked(story.make_cast(), "simple", at, **values)
    db.session.commit()
    return found


def outside(at: Any, flow: str = "simple") -> tuple[story.Cast, Issue, str]:
    """An issue in the hands of a person of another unit, and the secret of their link."""
    cast = story.make_cast()
    issue, person = story.raised(cast, at), make_outside_handler(cast.assist_unit)
    to = DispatchInput(cast.assist_unit, story.class_of(flow), outside=person, leader=cast.manager, measures="对接")
    desk.dispatch(issue, cast.desk, at, to)
    _, token = firm_word.send_handler_link(issue, cast.desk, at)
    db.session.commit()
    return cast, issue, token


def test_a_firm_answers_once(browser: Visitor, now: Any) -> None:
    issue, found, token = asked(now)
    page = browser.get(f"/l/firm/{token}")
    assert page.status_code == 200 and "您提的问题，解决了吗" in page.text and issue.words in page.text
    said = {"answer-solved": "partly", "answer-attitude": "4", "answer-words": "还差一台"}
    assert browser.post(f"/l/firm/{token}", said).location == "/l/thanks/answer"
    db.session.refresh(issue)
    answer = db.session.scalars(select(IssueAnswer)).one()
    assert (issue.state, answer.solved, answer.attitude, answer.words) == ("in_review", "partly", 4, "还差一台")
    assert answer.link_id == found.id
    for again in (browser.get(f"/l/firm/{token}"), browser.post(f"/l/firm/{token}", said)):
        assert again.status_code == 404 and REFUSED in again.text
    assert outcomes() == ["shown", "acted", "refused", "refused"]


@pytest.mark.parametrize("said", [{}, {"answer-solved": "yes"}, {"answer-solved": "often", "answer-attitude": "3"}])
def test_what_is_missing_spends_nothing(browser: Visitor, now: Any, said: dict[str, str]) -> None:
    _, found, token = asked(now)
    page = browser.post(f"/l/firm/{token}", said)
    assert page.status_code == 422 and "还没有提交" in page.text
    db.session.refresh(found)
    assert found.uses_left == 1
    assert db.session.scalars(select(IssueAnswer)).all() == []


def test_a_look_changes_nothing_however_often(browser: Visitor, now: Any) -> None:
    issue, found, token = asked(now)
    version = issue.version
    for _ in range(5):
        browser.get(f"/l/firm/{token}")
    db.session.refresh(issue)
    db.session.refresh(found)
    assert (issue.version, found.uses_left, issue.state) == (version, 1, "awaiting_firm")


def test_the_firm_adds_takes_back_and_raises_another_before_it_answers(browser: Visitor, now: Any) -> None:
    issue, found, token = asked(now)
    browser.post(f"/l/firm/{token}/words", {"words-words": "设备型号换了"})
    browser.post(f"/l/firm/{token}/withdraw", {"withdraw-words": "自己解决了"})
    topic = story.topic_of("finance")
    browser.post(f"/l/firm/{token}/another", {"another-topic_id": str(topic.id), "another-words": "贷款批不下来"})
    db.session.refresh(issue)
    db.session.refresh(found)
    assert found.uses_left == 1 and issue.withdrawal_asked_at is not None and issue.state == "awaiting_firm"
    other = db.session.scalars(select(Issue).where(Issue.id != issue.id)).one()
    assert (other.firm_id, other.channel, other.words, other.state) == (
        issue.firm_id, "link", "贷款批不下来", "registered",
    )  # fmt: skip
    again = browser.post(f"/l/firm/{token}/withdraw", {})
    assert again.status_code == 422 and "您已要求撤回，等电话核实" in again.text
    assert "贷款" not in browser.get(f"/l/firm/{token}").text, "a link shows one issue"


@pytest.mark.parametrize("ending", ["expired", "revoked", "wrong", "other purpose", "too short"])
def test_every_dead_link_looks_alike_and_is_logged(browser: Visitor, now: Any, ending: str) -> None:
    issue, found, token = asked(now)
    purpose = "firm"
    if ending == "expired":
        found.expires_at = now - timedelta(seconds=1)
    elif ending == "revoked":
        found.revoke(now)
    elif ending == "wrong":
        token = "x" * 43
    elif ending == "other purpose":
        purpose = "issue"
    else:
        token = token[:-1]
    db.session.commit()
    pages = [browser.get(f"/l/{purpose}/{token}")]
    pages.append(
        browser.post(f"/l/{purpose}/{token}" + ("/sign" if purpose == "issue" else ""), {"answer-solved": "yes"})
    )
    for page in pages:
        assert page.status_code == 404 and REFUSED in page.text
        assert issue.firm.name not in page.text and issue.words not in page.text and "有效到" not in page.text
    assert outcomes() == ["refused", "refused"]


def test_the_pages_of_dead_links_are_the_same_bytes(browser: Visitor, now: Any) -> None:
    _, found, token = asked(now)
    found.revoke(now)
    db.session.commit()
    texts = {browser.get(f"/l/{kind}/{secret}").text for kind in ("firm", "issue") for secret in (token, "x" * 43)}
    assert len(texts) == 1


def test_who_guesses_is_not_listened_to(browser: Visitor, now: Any, monkeypatch: Any) -> None:
    _, _, token = asked(now)
    monkeypatch.setattr(link, "MOST_REFUSED", 3)
    for number in range(3):
        assert browser.get(f"/l/firm/{number:043}").status_code == 404
    assert browser.get(f"/l/firm/{token}").status_code == 429, "the right one too, until the time is over"
    assert len(outcomes()) == 3, "nothing more is written"


def test_the_next_link_ends_the_one_before(browser: Visitor, now: Any) -> None:
    issue, _, token = asked(now)
    caller = db.session.scalars(select(IssueAssignment)).one()
    assert caller is not None
    _, fresh = firm_word.send_link(issue, Actor.job(), now + timedelta(days=7))
    db.session.commit()
    assert browser.get(f"/l/firm/{token}").status_code == 404
    assert browser.get(f"/l/firm/{fresh}").status_code == 200


def test_an_ended_issue_has_no_open_link(browser: Visitor, now: Any) -> None:
    cast = story.make_cast()
    issue, found, token = story.asked(cast, "simple", now)
    firm_word.answer_by_link(issue, Actor.firm(found), now, "yes", 5)
    closing.close(issue, Actor.of(cast.manager), now, closing.CloseInput())
    db.session.commit()
    assert browser.get(f"/l/firm/{token}").status_code == 404


def test_evidence_is_only_that_of_the_issue(browser: Visitor, now: Any) -> None:
    cast, _, token = outside(now)
    browser.post(f"/l/issue/{token}/sign", {})
    browser.post(f"/l/issue/{token}/attach", {"attach-files": (BytesIO(PDF), "批文.pdf")})
    row = db.session.scalars(select(IssueFile)).one()
    assert browser.get(f"/l/issue/{token}/files/{row.id}").data == PDF
    other = story.proposed(cast, "simple", now)
    stored = db.session.get_one(StoredFile, row.file_id)
    db.session.add(IssueFile(issue_id=other.id, file_id=stored.id, sha256="f" * 64, created_at=now))
    db.session.commit()
    theirs = db.session.scalars(select(IssueFile).where(IssueFile.sha256 == "f" * 64)).one()
    assert browser.get(f"/l/issue/{token}/files/{theirs.id}").status_code == 404


def test_a_handler_does_the_whole_of_it_by_link(browser: Visitor, now: Any) -> None:
    cast, issue, token = outside(now, "standard")
    other = story.raised(cast, now, firm=make_firm(name="杭州另一家有限公司"))
    db.session.commit()
    page = browser.get(f"/l/issue/{token}")
    assert page.status_code == 200 and issue.words in page.text and "签收" in page.text
    assert other.firm.name not in page.text
    today = clock.today().isoformat()
    later = str(issue.due_on + timedelta(days=20)) if issue.due_on else ""
    for act, said in (
        ("sign", {}),
        ("start", {"start-phone": "55550101", "start-contacted_on": today}),
        ("reply", {"reply-words": "正在协调"}),
        ("ask_extension", {"ask_extension-new_due_on": later, "ask_extension-words": "等批文"}),
        ("propose", {"propose-words": "批文已开出", "propose-outcome": "solved",
                     "propose-files": (BytesIO(PDF), "批文.pdf")}),
    ):  # fmt: skip
        answer = browser.post(f"/l/issue/{token}/{act}", said)
        assert answer.location == f"/l/issue/{token}?done={act}", (act, answer.text)
    db.session.refresh(issue)
    assert (issue.state, issue.result) == ("resolution_proposed", "批文已开出")
    moves = story.trace(issue)
    assert moves[-6:] == ["sign", "start", "reply", "ask_extension", "attach", "propose"]
    last = (
        issue.id and db.session.scalars(select(link.LinkOpening.outcome).order_by(link.LinkOpening.id.desc())).first()
    )
    assert last == "acted"
    assert issue.firm.name not in browser.get("/l/firm/" + token).text, "their link answers nothing for the firm"


def test_a_handler_objects(browser: Visitor, now: Any) -> None:
    _, issue, token = outside(now)
    wrong = browser.post(f"/l/issue/{token}/object", {"object-words": " "})
    assert wrong.status_code == 422 and "请写上" in wrong.text
    assert browser.post(f"/l/issue/{token}/object", {"object-words": "不归我们管"}).status_code == 302
    db.session.refresh(issue)
    assert issue.state == "objected"


def test_an_act_out_of_turn_is_refused_with_words(browser: Visitor, now: Any) -> None:
    _, issue, token = outside(now)
    early = browser.post(f"/l/issue/{token}/propose", {"propose-words": "办好了", "propose-outcome": "solved"})
    assert early.status_code == 422 and "不能“申请办结”" in early.text
    assert browser.post(f"/l/issue/{token}/close", {}).status_code == 404
    db.session.refresh(issue)
    assert issue.state == "dispatched"


def test_given_to_somebody_else_the_link_is_dead(browser: Visitor, now: Any) -> None:
    cast, issue, token = outside(now)
    desk.reassign(issue, cast.desk, now, story.to_worker(cast, "simple"), "换人")
    db.session.commit()
    for page in (browser.get(f"/l/issue/{token}"), browser.post(f"/l/issue/{token}/sign", {})):
        assert page.status_code == 404 and REFUSED in page.text
    assert outcomes()[-2:] == ["refused", "refused"]


def test_a_person_who_left_gets_in_no_more(browser: Visitor, now: Any) -> None:
    _, issue, token = outside(now)
    assert issue.outside is not None
    issue.outside.active = False
    db.session.commit()
    assert browser.get(f"/l/issue/{token}").status_code == 404


def test_the_number_is_masked_until_it_is_asked_for(browser: Visitor, now: Any) -> None:
    _, issue, token = outside(now)
    contact = make_contact(issue.firm, name="梅若水", phone="13800001234")
    issue.contact_id = contact.id
    db.session.commit()
    page = browser.get(f"/l/issue/{token}")
    assert "13800001234" not in page.text and "138****1234" in page.text
    assert "13800001234" in browser.post(f"/l/issue/{token}/phone", {}).text


def test_who_is_signed_in_acts_through_the_link_alone(browser: Visitor, now: Any) -> None:
    cast, issue, token = outside(now)
    browser.sign_in(cast.office)
    page = browser.get(f"/l/issue/{token}")
    assert cast.office.name not in page.text and "工作台" not in page.text
    browser.post(f"/l/issue/{token}/sign", {})
    db.session.expire_all()
    from models.issue.trace import IssueMove

    move = IssueMove.list_of(issue.id)[-1]
    assert (move.event, move.by_id, move.via) == ("sign", None, "link")


# Sending them.


@pytest.fixture
def ways(app: Flask) -> Any:
    """A public address and a mail server, as far as anybody knows."""
    config = app.config["TIDU"]
    config.public_base_url, config.mail_url = "https://t.example", "smtp://mail.example/?from=tidu@bureau.example"
    yield config
    config.public_base_url = config.mail_url = ""


def test_without_a_public_address_the_telephone_is_the_way(browser: Visitor, now: Any) -> None:
    cast = story.make_cast()
    issue = story.proposed(cast, "simple", now)
    db.session.commit()
    browser.sign_in(cast.caller)
    page = browser.get(f"/issues/{issue.id}/send-link")
    assert "不能用链接，请打电话" in page.text and "生成链接" not in page.text
    assert browser.post(f"/issues/{issue.id}/send-link", {"how": "copy"}).status_code == 422
    assert db.session.scalars(select(Link)).all() == []


def test_the_link_is_never_shown_to_the_handling_unit(browser: Visitor, ways: Any, now: Any) -> None:
    cast = story.make_cast()
    issue = story.proposed(cast, "simple", now)
    db.session.commit()
    browser.sign_in(cast.worker)
    assert browser.get(f"/issues/{issue.id}/send-link").status_code == 302
    assert browser.post(f"/issues/{issue.id}/send-link", {"how": "copy"}).status_code == 422
    browser.sign_in(cast.caller)
    page = browser.post(f"/issues/{issue.id}/send-link", {"how": "copy", "label": "王主任"})
    assert "https://t.example/l/firm/" in page.text and "<svg" in page.text
    token = page.text.split("https://t.example/l/firm/")[1][:43]
    assert browser.get(f"/l/firm/{token}").status_code == 200
    assert "https://t.example/l/firm/" not in browser.get(f"/issues/{issue.id}/send-link").text, "shown once"


def test_a_firm_link_goes_by_mail_and_nobody_here_sees_it(browser: Visitor, ways: Any, now: Any) -> None:
    cast = story.make_cast()
    issue = story.proposed(cast, "simple", now)
    db.session.commit()
    browser.sign_in(cast.caller)
    assert browser.post(f"/issues/{issue.id}/send-link", {"how": "mail"}).status_code == 422
    db.session.rollback()
    make_contact(issue.firm, name="梅若水").write_email("mei@firm.example")
    db.session.commit()
    browser.post(f"/issues/{issue.id}/send-link", {"how": "mail"})
    mail = db.session.scalars(select(outbox.Mail)).one()
    token = mail.open().text.split("https://t.example/l/firm/")[1].split()[0]
    assert (mail.open().to, mail.owner_id, mail.subject) == ("mei@firm.example", issue.id, f"请确认：{issue.title}")
    page = browser.get(f"/issues/{issue.id}/send-link")
    assert token not in page.text and "m***@firm.example" in page.text
    assert browser.get(f"/l/firm/{token}").status_code == 200


def test_the_simple_flow_asks_the_firm_by_the_same_act(browser: Visitor, ways: Any, now: Any) -> None:
    _, issue, token = outside(now)
    make_contact(issue.firm, name="梅若水").write_email("mei@firm.example")
    db.session.commit()
    browser.post(f"/l/issue/{token}/sign", {})
    browser.post(
        f"/l/issue/{token}/start", {"start-phone": "55550101", "start-contacted_on": clock.today().isoformat()}
    )
    browser.post(f"/l/issue/{token}/propose", {"propose-words": "批文已开出", "propose-outcome": "solved",
                                               "propose-files": (BytesIO(PDF), "批文.pdf")})  # fmt: skip
    db.session.refresh(issue)
    mails = db.session.scalars(select(outbox.Mail)).all()
    assert issue.state == "awaiting_firm" and [mail.subject for mail in mails] == [f"请确认：{issue.title}"]


def test_an_assignment_mails_its_link_and_the_office_can_send_it_again(browser: Visitor, ways: Any, now: Any) -> None:
    cast = story.make_cast()
    issue, person = story.raised(cast, now), make_outside_handler(cast.assist_unit)
    db.session.commit()
    browser.sign_in(cast.office)
    said = {
        "class_id": str(story.class_of("simple").id),
        "unit_id": str(cast.assist_unit.id),
        "person": f"o{person.id}",
    }
    answer = browser.post(f"/issues/{issue.id}/dispatch", said)
    assert answer.status_code == 302, answer.text
    mail = db.session.scalars(select(outbox.Mail)).one()
    first = mail.open().text.split("https://t.example/l/issue/")[1].split()[0]
    assert mail.open().to == person.email and browser.get(f"/l/issue/{first}").status_code == 200
    part = db.session.scalars(select(IssueAssignment)).one()
    page = browser.get(f"/issues/{issue.id}/links")
    assert person.name in page.text and "待发" in page.text and first not in page.text
    browser.post(f"/issues/{issue.id}/links/{part.id}/send", {})
    assert browser.get(f"/l/issue/{first}").status_code == 404, "the earlier one ended"
    shown = browser.post(f"/issues/{issue.id}/links/{part.id}/send", {"how": "copy"})
    second = shown.text.split("https://t.example/l/issue/")[1][:43]
    assert browser.get(f"/l/issue/{second}").status_code == 200
    open_one = db.session.scalars(select(Link).where(Link.revoked_at.is_(None))).one()
    browser.post(f"/issues/{issue.id}/links/{open_one.id}/revoke", {})
    assert browser.get(f"/l/issue/{second}").status_code == 404


def test_a_link_of_another_issue_cannot_be_revoked_here(browser: Visitor, ways: Any, now: Any) -> None:
    issue, found, _ = asked(now)
    cast_issue = story.raised(story.make_cast(), now)
    db.session.commit()
    from tests.support.factories import make_user

    browser.sign_in(make_user("office"))
    assert browser.post(f"/issues/{cast_issue.id}/links/{found.id}/revoke", {}).status_code == 404
    db.session.refresh(found)
    assert found.revoked_at is None and issue.is_open
