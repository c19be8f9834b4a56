"""The mail that carries one person's reminders of one run: what is due, the most pressing first, each with a button
that opens the page asking for the act. Opening never acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

from crm.mail.message import FONT, page
from models.outbox import Letter
from models.reminder.record import Reminder
from models.rules.reminder import light_of, shown_day
from models.rules.reminder_table import Rule
from models.user import User

#: So many stand in a mail; the page shows all.
MOST = 30
#: Light → shape, text and ground (look.md; mail is always light).
CHIPS = {
    "red": ("■", "#A31D17", "#FBE5E2"),
    "yellow": ("▲", "#754E00", "#FBF0CE"),
    "green": ("●", "#1C6340", "#E5F2EA"),
}
INK, SECOND, LINE, ACCENT = "#1B2327", "#475156", "#E5E1DA", "#0E5A72"


@dataclass(frozen=True)
class House:
    """Whose mail it is, where to call, and the work address; empty: links are left out."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True)
class Item:
    """One reminder as the mail shows it."""

    light: str
    chip: str
    words: str
    note: str
    url: str


def letter_for(
    reader: User, rows: Sequence[Reminder], rules: Mapping[str, Rule], house: House, at: datetime
) -> Letter:  # fmt: skip
    """One mail of these reminders for their reader; `rules`: as they are in force; `at`: on the bureau's clock."""
    ordered = sorted(rows, key=lambda row: (_is_soft(row, rules), row.due_on, row.id))
    items = [_item(row, rules, house, at.date()) for row in ordered[:MOST]]
    more = len(ordered) - len(items)
    subject = subject_of(ordered, rules, at.date())
    return Letter(
        reader.email, subject, _text(subject, reader, items, more, house, at),
        _html(subject, reader, items, more, house, at), reader.name,
    )  # fmt: skip


def subject_of(ordered: Sequence[Reminder], rules: Mapping[str, Rule], today: date) -> str:
    """The first sentence: the most pressing matter, and how many there are besides."""
    first, rest = ordered[0], len(ordered) - 1
    words = first.words if len(first.words) <= 50 else first.words[:49] + "…"
    said = words if _is_soft(first, rules) else f"{shown_day(first.due_on, today)}：{words}"
    return f"{said}，另有 {rest} 件" if rest else said


def list_url(address: str) -> str:
    """Where a person's reminders stand; empty without a work address."""
    return f"{address}/reminders/" if address else ""


def _is_soft(row: Reminder, rules: Mapping[str, Rule]) -> bool:
    return row.rule in rules and rules[row.rule].soft


def _item(row: Reminder, rules: Mapping[str, Rule], house: House, today: date) -> Item:
    soft = _is_soft(row, rules)
    notes = [rules[row.rule].name if row.rule in rules else "", "" if soft else f"{row.due_on} 到期"]
    if row.why == "deputy":
        notes.append(f"{row.person.name}外出，由您代理")
    if row.level:
        notes.append(f"{row.about.name}还没有办，报给您")
    url = f"{house.address}/reminders/{row.id}" if house.address else ""
    light, chip = ("", "") if soft else (light_of(row.due_on, today), shown_day(row.due_on, today))
    return Item(
        light,
        chip,
        row.words,
        " · ".join(note for note in notes if note),
        url,
    )


def _text(subject: str, reader: User, items: list[Item], more: int, house: House, at: datetime) -> str:
    lines = [subject, f"{reader.name}，{at:%Y-%m-%d %H:%M}"]
    for number, item in enumerate(items, 1):
        chip = f"[{item.chip}] " if item.chip else ""
        lines.append("\n".join(part for part in (f"{number}. {chip}{item.words}", item.note, item.url) if part))
    return "\n\n".join([*lines, *_more(more), *_foot(house)]) + "\n"


def _more(more: int) -> list[str]:
    return [f"还有 {more} 件，登录后在“提醒”里看。"] if more else []


def _foot(house: House) -> list[str]:
    phone = f"，有事打 {house.phone}" if house.phone else ""
    where = f"：{list_url(house.address)}" if house.address else "登录后看。"
    return [
        f"每件只提醒一次，打开邮件不会改动任何内容。不想收某一类邮件，在“提醒”里改{where}",
        f"{house.name}{phone}",
    ]


def _html(subject: str, reader: User, items: list[Item], more: int, house: House, at: datetime) -> str:
    head = (
        f'<tr><td style="padding:24px 24px 14px;border-bottom:4px solid {ACCENT}">'
        f'<p style="margin:0 0 8px;font-size:13px;line-height:20px;color:{SECOND};{FONT}">{escape(house.name)}</p>'
        f'<h1 style="margin:0 0 6px;font-size:20px;line-height:28px;color:{INK};{FONT}">{escape(subject)}</h1>'
        f'<p style="margin:0;font-size:13px;line-height:20px;color:{SECOND};{FONT}">{escape(reader.name)}，'
        f"{at:%Y-%m-%d %H:%M}</p></td></tr>"
    )
    small = "".join(
        f'<p style="margin:0 0 6px;font-size:13px;line-height:20px;color:{SECOND};{FONT};word-break:break-all">'
        f"{escape(words)}</p>"
        for words in (*_more(more), *_foot(house))
    )
    rows = "".join(_row(item) for item in items)
    foot = f'<tr><td style="padding:14px 24px 20px;background:#FAF8F5">{small}</td></tr>'
    return page(head + rows + foot)


def _row(item: Item) -> str:
    """One reminder: the light, what it is, its button below, so that it stands alike on a phone and in Outlook."""
    shape, text, ground = CHIPS.get(item.light, ("", INK, "#ffffff"))
    chip = item.chip and (
        f'<span style="font-size:13px;line-height:22px;font-weight:bold;color:{text};background:{ground};'
        f'padding:2px 8px;{FONT}">{shape} {escape(item.chip)}</span>'
    )
    button = (
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 0"><tr>'
        f'<td style="border:1px solid #8C867C;padding:7px 16px"><a href="{escape(item.url)}" '
        f'style="color:{ACCENT};text-decoration:none;font-size:14px;font-weight:bold;{FONT}">去办</a></td></tr></table>'
        if item.url
        else ""
    )
    return (
        f'<tr><td style="padding:14px 24px;border-bottom:1px solid {LINE}">'
        + (f'<p style="margin:0 0 6px">{chip}</p>' if chip else "")
        + f'<p style="margin:0;font-size:16px;line-height:24px;font-weight:bold;color:{INK};{FONT}">'
        f"{escape(item.words)}</p>"
        f'<p style="margin:2px 0 0;font-size:13px;line-height:20px;color:{SECOND};{FONT}">{escape(item.note)}</p>'
        f"{button}</td></tr>"
    )
