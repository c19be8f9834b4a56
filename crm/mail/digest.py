"""每周要情 as a letter: one column of tables with inline styles, and the same as plain text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from crm.mail.message import FONT, frame
from models.outbox import Letter
from models.rules.digest import Digest, Item, Section
from models.rules.mail_act import ACTS, Wanted

#: Ground and text of a chip (look.md); the word stands beside the colour, so that nothing depends on it.
CHIPS = {"red": ("#FBE5E2", "#A31D17", "■"), "yellow": ("#FBF0CE", "#754E00", "▲"), "": ("#FAF8F5", "#475156", "")}
INK, SECOND, ACCENT, LINE = "#1B2327", "#475156", "#0E5A72", "#E5E1DA"


@dataclass(frozen=True)
class Place:
    """Where the links of a mail lead: the work address, without a slash at its end ("": nobody set one, and nothing is
    a link), and the secret of each act that can be done from the mail."""

    base: str
    bureau: str
    secrets: Mapping[Wanted, str] = field(default_factory=dict)

    def links(self, item: Item) -> list[tuple[str, str]]:
        """Label and address of what a row offers: its act first."""
        if not self.base:
            return []
        act = self.secrets.get(item.act) if item.act is not None else None
        first = [(ACTS[item.act.act], f"{self.base}/l/act/{act}")] if item.act is not None and act else []
        return [*first, (item.verb, self.base + item.path)]


def letter(digest: Digest, to: str, place: Place) -> Letter:
    """The digest for its reader."""
    return Letter(to, digest.subject, as_text(digest, place), as_html(digest, place), digest.name)


def as_text(digest: Digest, place: Place) -> str:
    """Plain text: a heading, then rows with a dash and their address."""
    lines = [f"{digest.subject}。", f"{digest.name}，{digest.on:%Y-%m-%d} 每周要情"]
    for section in digest.sections:
        lines += ["", f"{section.title}（{section.total}）"]
        for item in section.items:
            chip = f"[{CHIPS[item.light][2]}{item.chip}] " if item.chip else ""
            note = f"（{item.note}）" if item.note else ""
            lines += [f"- {chip}{item.words}{note}", *(f"  {label} {url}" for label, url in place.links(item))]
        if section.more:
            lines += [f"  还有 {section.more} 项" + (f" {place.base}{section.path}" if place.base else "")]
    return "\n".join([*lines, "", *_foot(place.bureau)]) + "\n"


def as_html(digest: Digest, place: Place) -> str:
    """HTML that needs nothing from outside and reads in Outlook, 网易, QQ and WeCom mail, and on a phone."""
    rows = [
        f'<h1 style="margin:0 0 4px;font-size:20px;line-height:28px;color:{INK};{FONT}">{escape(digest.subject)}</h1>',
        _small(f"{digest.name}，{digest.on:%Y-%m-%d} 每周要情"),
    ]
    rows += [_section(section, place) for section in digest.sections]
    rows += [
        f'<p style="margin:24px 0 0;padding:12px 0 0;border-top:1px solid {LINE};font-size:13px;line-height:20px;'
        f'color:{SECOND};{FONT}">{"<br>".join(escape(line) for line in _foot(place.bureau))}</p>'
    ]
    return frame(rows)


def _section(section: Section, place: Place) -> str:
    heading = (
        f'<h2 style="margin:22px 0 6px;font-size:16px;line-height:24px;color:{INK};{FONT}">{escape(section.title)}'
        f'<span style="font-weight:normal;color:{SECOND}">　{section.total}</span></h2>'
    )
    rows = "".join(_row(item, place) for item in section.items)
    table = f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">{rows}</table>'
    if not section.more:
        return heading + table
    said = f"还有 {section.more} 项"
    link = _link(f"{place.base}{section.path}", said) if place.base else said
    return f'{heading}{table}<p style="margin:6px 0 0;font-size:14px;line-height:22px;{FONT}">{link}</p>'


def _row(item: Item, place: Place) -> str:
    ground, colour, shape = CHIPS[item.light]
    chip = (
        f'<span style="background:{ground};color:{colour};padding:1px 6px;font-size:13px;white-space:nowrap">'
        f"{shape}{escape(item.chip)}</span> "
        if item.chip
        else ""
    )
    note = f'<br><span style="font-size:13px;color:{SECOND}">{escape(item.note)}</span>' if item.note else ""
    links = "<br>".join(_link(url, label) for label, url in place.links(item))
    cell = f"padding:8px 0;border-top:1px solid {LINE};font-size:15px;line-height:23px;color:{INK};{FONT}"
    return (
        f'<tr><td style="{cell}">{chip}{escape(item.words)}{note}</td>'
        f'<td width="64" align="right" valign="top" style="{cell};white-space:nowrap">'
        f"{links}</td></tr>"
    )


def _link(url: str, label: str) -> str:
    return f'<a href="{escape(url)}" style="color:{ACCENT};text-decoration:underline">{escape(label)}</a>'


def _small(text: str) -> str:
    return f'<p style="margin:0;font-size:13px;line-height:20px;color:{SECOND};{FONT}">{escape(text)}</p>'


def _foot(bureau: str) -> list[str]:
    return [f"{bureau}发给您本人的工作提示，只列有变化或要您处理的，请不要转发。没有要说的那一周不发。"]
