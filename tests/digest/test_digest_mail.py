"""The digest as a letter: the golden files are what Outlook, 网易, QQ and WeCom mail get."""

import os
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from crm.mail import digest as mail
from crm.mail.message import message
from models import clock
from models.rules import digest as rules
from models.rules.digest import Item
from models.rules.mail_act import Wanted

HERE = Path(__file__).parent
BASE = "https://tidu.example"
SIGN = Wanted(7, "issue.sign", 26)
PLACE = mail.Place(BASE, "云澜区科技局", {SIGN: "secret-of-26"})
ISSUES = [
    Item("青禾轴承有限公司：变压器容量不够", "/issues/6", "red", "逾期 3 天", "办理"),
    Item(
        "石桥泵业有限公司：<缺> 3 名工程师 & 技工", "/issues/26", "yellow", "今天到期", "待签收，代韩述", "办理", SIGN
    ),
    *(Item(f"云澜第{number}号机械有限公司：想借设备", f"/issues/{number}", "", "11-29 前") for number in range(31, 38)),
]
PLANNED = Item("青禾轴承有限公司：看新产线", "/plan/?week=2026-11-23", "", "11-24")
MOVED = Item("石桥泵业有限公司：科技型中小企业 → 高新技术企业", "/firms/9", "", "晋级")
DIGEST = rules.digest(7, "陆以宁", date(2026, 11, 23), [
    rules.section("issues", "要办的问题", ISSUES, "/issues/mine", "1 件问题逾期，1 件待签收，7 件本周要办"),
    rules.section("plan", "本周安排", [PLANNED], "/plan/"),
    rules.section("moves", "梯队变动", [MOVED], "/funnel/", "1 家梯级变动"),
])  # fmt: skip


@pytest.mark.parametrize("kind", ["txt", "html"])
def test_the_letter_is_as_agreed(kind: str) -> None:
    """Set GOLDEN=1 to write the files anew, and read what changed."""
    letter = mail.letter(DIGEST, "lu@bureau.example", PLACE)
    made = letter.text if kind == "txt" else letter.html.replace("><", ">\n<") + "\n"
    path = HERE / "golden" / f"digest.{kind}"
    if os.environ.get("GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


def test_without_a_work_address_nothing_is_a_link() -> None:
    letter = mail.letter(DIGEST, "lu@bureau.example", mail.Place("", "云澜区科技局", {SIGN: "secret-of-26"}))
    assert "href" not in letter.html and "/issues/" not in letter.text and "还有 3 项" in letter.text


def test_over_the_wire_subject_and_names_are_read_as_they_were_written() -> None:
    letter = mail.letter(DIGEST, "lu@bureau.example", PLACE)
    sent = message(letter, "<a@b.example>", "tidu@bureau.example", "云澜区科技局", clock.now()).as_bytes()
    assert sent.isascii()
    read = message_from_bytes(sent, policy=policy.default)
    assert read["Subject"] == "1 件问题逾期，1 件待签收，7 件本周要办"
    assert read["To"].addresses[0].display_name == "陆以宁"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    html = read.get_body(("html",))
    assert html is not None and html.get_content().strip() == letter.html


def test_a_mail_needs_no_picture_no_script_and_nothing_from_outside() -> None:
    html = mail.letter(DIGEST, "lu@bureau.example", PLACE).html
    assert not any(word in html for word in ("<img", "<script", "<style", "url(", "class="))
    assert html.count("href=") == html.count(f'href="{BASE}/')
    assert len(html) < 100_000, "QQ and Gmail cut longer mails"
