"""Stories of the closed loop in a real browser, by the people who live them, on a desktop and on a phone: from a visit
to 销号; a refusal and a second round; an objection, an extension and 提级."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import clock
from models.base import db
from models.issue import Issue
from models.issue.kinds import OutsideHandler
from models.outbox import Mail
from models.user import User
from tests.support import issue_story as story
from tests.support.chromium import Window
from tests.support.factories import make_contact, make_visit
from tests.support.issue_factories import make_outside_handler

PAPER = {"name": "减免税批文.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 approved"}
SIZES = pytest.mark.parametrize("size", ["window", "phone"])


class Told:
    """One story: who is at the screen, what they do, and what the pages owe everybody."""

    def __init__(self, window: Window, cast: story.Cast) -> None:
        self.window, self.cast = window, cast
        self.told: list[str] = []

    def look(self, path: str) -> Any:
        """Open a page and note what is wrong with it."""
        page = self.window.open(path)
        self.check(path)
        return page

    def check(self, path: str) -> None:
        """Note what axe, the policy or a script complains about, and what does not fit."""
        self.told += [f"{path}: {one}" for one in self.window.complaints()]
        if self.window.wide():
            self.told.append(f"{path} is {self.window.wide()} too wide")

    def be(self, user: User | None) -> None:
        """Somebody else sits down; None: nobody with an account."""
        self.window.context.clear_cookies()
        if user is not None:
            self.window.sign_in(user)

    def press(self, name: str) -> None:
        """Press a button and wait for the page it leads to."""
        with self.window.page.expect_navigation():
            self.window.page.get_by_role("button", name=name, exact=True).first.click()
        refused = self.window.page.locator(".error-summary")
        assert refused.count() == 0, refused.first.inner_text()

    def secret(self, kind: str) -> str:
        """The path of the newest link of this kind that a mail carries."""
        db.session.rollback()
        for mail in db.session.scalars(select(Mail).order_by(Mail.id.desc())):
            found = re.search(rf"https://t\.example(/l/{kind}/\S+)", mail.open().text)
            if found:
                return found[1]
        raise AssertionError(f"no mail with a link of {kind}")

    def issue(self) -> Issue:
        """The issue as it stands."""
        db.session.rollback()
        db.session.expire_all()
        return next(iter(db.session.scalars(select(Issue).order_by(Issue.id))))

    # What the people do.

    def raise_from_visit(self) -> None:
        """The officer tells what the firm said at a visit."""
        visit = make_visit(self.cast.firm, self.cast.officer, visit_on=clock.today())
        self.be(self.cast.officer)
        page = self.look(f"/issues/new?visit={visit.id}")
        page.get_by_label("企业的原话").fill("进口检测设备的关税减免，跑了两趟不知道谁盖章。")
        page.get_by_label("政策", exact=True).check()
        self.press("登记，交综合科")

    def give_outside(self, person: OutsideHandler, class_name: str) -> None:
        """The office gives it to a person of another unit, who gets a link by mail."""
        self.be(self.cast.office)
        issue = self.issue()
        page = self.look(f"/issues/{issue.id}/dispatch")
        self.choose("class_id", class_name)
        self.choose("unit_id", self.cast.assist_unit.name)
        self.choose("person", person.name)
        if class_name != "一般":
            for fold in page.locator("form details:not([open]) > summary").all():
                fold.click()
            self.choose("leader_id", self.cast.manager.name)
            page.locator("[name=measures]").fill("对接海关")
        self.press("交办")

    def choose(self, name: str, words: str) -> None:
        """The option that says these words."""
        options = self.window.page.locator(f"select[name={name}] option")
        value = next(one.get_attribute("value") for one in options.all() if words in (one.text_content() or ""))
        self.window.page.locator(f"select[name={name}]").select_option(value, force=True)

    def take_and_finish(self, words: str) -> None:
        """The outside handler signs, phones the firm, and says that it is done, with a paper to show."""
        self.be(None)
        path = self.secret("issue")
        page = self.look(path)
        if page.get_by_role("button", name="签收", exact=True).count():
            self.press("签收")
        if page.get_by_label("告诉企业的办公电话").count():
            self.check(path)
            self.press("已联系企业")
        self.open_fold("申请办结")
        page.get_by_label("做了什么、结果怎样").fill(words)
        page.locator("input[type=file][name=propose-files]").set_input_files([PAPER])
        self.press("申请办结")
        self.check(path)

    def open_fold(self, name: str) -> None:
        """Unfold an act that is not the first."""
        fold = self.window.page.locator("details.more > summary", has_text=name)
        if fold.count():
            fold.first.click()

    def send_to_firm(self) -> None:
        """Somebody outside the handling unit mails the firm its link."""
        self.be(self.cast.caller)
        self.look(f"/issues/{self.issue().id}/send-link")
        self.press("发邮件")

    def firm_says(self, solved: str, attitude: int, words: str = "") -> None:
        """The firm answers by its link."""
        self.be(None)
        page = self.look(self.secret("firm"))
        assert page.locator("a").count() == page.locator("a.file").count(), "no other link on the page"
        page.get_by_label(solved, exact=True).check()
        page.get_by_label(str(attitude), exact=True).check()
        page.get_by_label("还差什么，或想说的话").fill(words)
        self.press("提交")
        assert "已收到，谢谢" in page.content()
        self.check("thanks")

    def review(self, verdict: str, words: str = "") -> None:
        """The manager judges."""
        self.be(self.cast.manager)
        page = self.look(f"/issues/{self.issue().id}/review")
        for name in ("solved", "answered", "in_touch", "satisfied"):
            page.locator(f"[name={name}][value=yes]").check()
        page.locator(f"[name=verdict][value={verdict}]").check()
        page.locator("textarea[name=words]").fill(words)
        self.press("提交审核结论")


@pytest.fixture
def told(size: str, request: pytest.FixtureRequest) -> Iterator[Told]:
    """A bureau with a public address and a mail server, a firm whose contact has an address."""
    window: Window = request.getfixturevalue(size)
    config = window.app.config["TIDU"]
    config.public_base_url, config.mail_url = "https://t.example", "smtp://mail.example"
    cast = story.make_cast()
    make_contact(cast.firm, name="梅若水", phone="13800001234").write_email("mei@firm.example")
    db.session.commit()
    yield Told(window, cast)
    config.public_base_url = config.mail_url = ""


@pytest.mark.slow
@SIZES
def test_from_a_visit_to_the_end_by_four_people(told: Told, size: str) -> None:
    person = make_outside_handler(told.cast.assist_unit)
    told.raise_from_visit()
    told.give_outside(person, "一般")
    told.take_and_finish("减免批文已开出，海关可直接用。")
    assert told.issue().state == "awaiting_firm", "the firm is asked by the same act"
    told.firm_says("解决了", 5)
    told.review("close")
    issue = told.issue()
    assert (issue.state, issue.round) == ("closed_out", 1)
    told.be(told.cast.officer)
    told.look(f"/issues/{issue.id}")
    told.be(None)
    page = told.look(told.secret("firm"))
    assert "这个链接打不开" in page.content()
    assert told.told == []


@pytest.mark.slow
@SIZES
def test_a_refusal_and_a_second_round(told: Told, size: str) -> None:
    person = make_outside_handler(told.cast.assist_unit)
    told.raise_from_visit()
    told.give_outside(person, "协同")
    first_due = told.issue().first_due_on
    told.take_and_finish("批文已开出。")
    told.send_to_firm()
    told.firm_says("没有解决", 2, "第二批设备还能用这份批文吗？")
    told.review("redo", "企业说没有解决")
    assert (told.issue().state, told.issue().round) == ("in_progress", 2)
    told.take_and_finish("第二批的批文也开出了。")
    told.send_to_firm()
    told.firm_says("解决了", 5)
    told.review("close")
    issue = told.issue()
    assert (issue.state, issue.round, issue.first_due_on) == ("closed_out", 2, first_due)
    assert told.told == []


@pytest.mark.slow
@SIZES
def test_an_objection_an_extension_and_escalation(told: Told, size: str) -> None:
    person = make_outside_handler(told.cast.assist_unit)
    told.raise_from_visit()
    told.give_outside(person, "协同")
    told.be(None)
    page = told.look(told.secret("issue"))
    told.open_fold("退办")
    page.get_by_label("退办的理由").fill("这件归海关")
    told.press("退办")
    assert told.issue().state == "objected"
    told.be(told.cast.office)
    page = told.look(f"/issues/{told.issue().id}/settle")
    page.locator("[name=ruling]").first.check()
    page.locator("textarea[name=words]").fill("由你单位牵头，不再退")
    told.press("裁定退办")
    told.be(None)
    page = told.look(told.secret("issue"))
    told.press("签收")
    told.press("已联系企业")
    told.open_fold("申请延期")
    later = (told.issue().due_on or clock.today()) + timedelta(days=14)
    page.get_by_label("延到哪天").fill(later.isoformat())
    page.get_by_label("延期的理由").fill("等海关批复")
    told.press("申请延期")
    told.check("extension asked")
    told.be(told.cast.manager)
    page = told.look(f"/issues/{told.issue().id}/extension")
    page.get_by_label("同意", exact=True).check()
    told.press("审批延期")
    issue = told.issue()
    assert issue.due_on == later and issue.first_due_on is not None and issue.first_due_on < later
    page = told.look(f"/issues/{issue.id}/escalate")
    page.locator("textarea[name=words]").fill("请分管领导协调海关")
    told.press("提级")
    assert told.issue().level == 1
    told.look("/issues/calls")
    assert told.told == []
