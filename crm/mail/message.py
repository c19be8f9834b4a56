"""A letter as mail servers and readers want it: encoded Chinese, plain text beside simple HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from models import clock
from models.outbox import Letter

#: What Outlook, 网易 and QQ show alike: tables, inline styles, no pictures.
FONT = "font-family:'Microsoft YaHei','PingFang SC',Arial,sans-serif"


@dataclass(frozen=True)
class Words:
    """A letter before it is laid out: paragraphs, one button, small print."""

    heading: str
    paragraphs: Sequence[str] = ()
    #: Words of somebody else, set off.
    quote: str = ""
    button: tuple[str, str] | None = None
    small: Sequence[str] = ()


def letter(to: str, to_name: str, subject: str, words: Words) -> Letter:
    """The same words twice: as plain text and as HTML."""
    return Letter(to, subject, as_text(words), as_html(words), to_name)


def as_text(words: Words) -> str:
    """Plain text, a blank line between paragraphs."""
    quote = [f"“{words.quote}”"] if words.quote else []
    button = [f"{words.button[0]}：\n{words.button[1]}"] if words.button else []
    first, rest = words.paragraphs[:1], words.paragraphs[1:]
    return "\n\n".join([words.heading, *first, *quote, *rest, *button, *words.small]) + "\n"


def as_html(words: Words) -> str:
    """HTML that needs nothing from outside."""
    rows = [f'<h1 style="margin:0 0 12px;font-size:20px;line-height:28px;{FONT}">{escape(words.heading)}</h1>']
    rows += [_paragraph(text) for text in words.paragraphs[:1]]
    if words.quote:
        rows.append(
            f'<p style="margin:0 0 14px;padding:2px 0 2px 12px;border-left:4px solid #0f5a72;font-size:16px;'
            f'line-height:26px;{FONT}">“{_lines(words.quote)}”</p>'
        )
    rows += [_paragraph(text) for text in words.paragraphs[1:]]
    if words.button:
        label, url = words.button
        style = f"color:#ffffff;text-decoration:none;font-size:16px;font-weight:bold;{FONT}"
        rows.append(
            '<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:6px 0 16px"><tr>'
            '<td bgcolor="#0f5a72" style="border-radius:6px;padding:12px 26px">'
            f'<a href="{escape(url)}" style="{style}">{escape(label)}</a></td></tr></table>'
        )
        rows.append(_small(f"按钮打不开时，把这个地址复制到浏览器：<br>{escape(url)}", "word-break:break-all"))
    rows += [_small(_lines(text)) for text in words.small]
    return frame(rows)


def frame(rows: Sequence[str]) -> str:
    """A page of 600 px around what a mail says; rows: markup that is escaped already."""
    return page('<tr><td style="padding:24px;color:#1a2a30">' + "".join(rows) + "</td></tr>")


def page(rows: str) -> str:
    """The same around whole rows of its one table, which bring their own padding."""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        '<body style="margin:0;padding:0;background:#f2f4f5">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f2f4f5"><tr>'
        '<td align="center" style="padding:20px 10px">'
        '<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" '
        f'style="width:100%;max-width:600px">{rows}</table></td></tr></table></body></html>'
    )


def message(letter: Letter, message_id: str, sender: str, sender_name: str, at: datetime) -> EmailMessage:
    """What goes over the wire. ValueError for an address that is none."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = letter.subject
    mail["From"] = _address(sender_name, sender)
    mail["To"] = _address(letter.to_name, letter.to)
    mail["Date"] = format_datetime(clock.local(at))
    mail["Message-ID"] = message_id
    # Readers and their out-of-office notes are not to answer a machine.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(letter.text, cte="base64")
    mail.add_alternative(letter.html, subtype="html", cte="base64")
    return mail


def _address(name: str, address: str) -> Address:
    return Address(display_name=name.replace("\r", " ").replace("\n", " "), addr_spec=address)


def _paragraph(text: str) -> str:
    return f'<p style="margin:0 0 14px;font-size:16px;line-height:26px;{FONT}">{_lines(text)}</p>'


def _small(markup: str, style: str = "") -> str:
    return f'<p style="margin:0 0 6px;font-size:13px;line-height:20px;color:#555555;{FONT};{style}">{markup}</p>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
