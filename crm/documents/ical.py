"""A calendar feed (RFC 5545): whole-day entries, folded and escaped as the standard asks, in UTF-8."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MEDIA_TYPE = "text/calendar; charset=utf-8"
#: Octets a line may hold, without its end (RFC 5545, 3.1).
LONGEST = 75
#: What a text may not hold at all: control characters but the line feed, which is escaped.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Event:
    """One whole day. `uid` never changes; `sequence` counts the changes, `changed_at` is the moment of the last."""

    uid: str
    on: date
    summary: str
    changed_at: datetime
    sequence: int = 0
    cancelled: bool = False
    description: str = ""
    location: str = ""


def calendar(name: str, events: Iterable[Event]) -> bytes:
    """The bytes of a feed with these events. The same events give the same bytes: DTSTAMP is the last change, as the
    standard has it for a feed without a method."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tidu//Tidu//ZH", "CALSCALE:GREGORIAN",
             f"X-WR-CALNAME:{escaped(name)}"]  # fmt: skip
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def escaped(text: str) -> str:
    """A text value: backslash, semicolon, comma and line feed escaped; other control characters left out."""
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


def folded(line: str) -> bytes:
    """A content line with its CRLF; a long one goes on after CRLF and a blank, and no character is cut."""
    parts, used = [bytearray()], 0
    for letter in line:
        octets = letter.encode("utf-8", "replace")
        if used + len(octets) > LONGEST:
            parts.append(bytearray(b" "))
            used = 1
        parts[-1] += octets
        used += len(octets)
    return b"\r\n".join(parts) + b"\r\n"


def _event(event: Event) -> Iterator[str]:
    changed = event.changed_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{changed}"
    yield f"LAST-MODIFIED:{changed}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.summary)}"
    for name, text in (("DESCRIPTION", event.description), ("LOCATION", event.location)):
        if text:
            yield f"{name}:{escaped(text)}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"
