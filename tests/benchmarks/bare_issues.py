"""The yardstick of the pages of issues: the same rows by raw SQL, as tests/benchmarks/bare.py does for firms."""

from datetime import date
from typing import Any

from flask import Blueprint, jsonify, request

from tests.benchmarks.asking import ask, connection

bp = Blueprint("issues", __name__)

ENDED = "('closed_out', 'declined', 'explained', 'withdrawn')"
LIGHT = f"""CASE WHEN i.state IN {ENDED} THEN 3 WHEN i.due_on < %(day)s THEN 0
  WHEN i.yellow_on <= %(day)s THEN 1 ELSE 2 END"""
COLUMNS = f"""i.id, i.year, i.serial, i.title, i.words, i.state, i.raised_on, i.first_due_on, i.due_on, i.due_known,
  i.yellow_on, i.next_reply_on, i.sign_due_on, i.round, i.level, f.id AS firm_id, f.name AS firm, a.name AS area,
  t.name AS topic, c.name AS class, u.name AS unit, coalesce(p.name, o.name) AS handler, {LIGHT} AS light"""
JOINED = """issue i JOIN firm f ON f.id = i.firm_id LEFT JOIN area a ON a.id = f.area_id
  JOIN issue_topic t ON t.id = i.topic_id LEFT JOIN issue_class c ON c.id = i.class_id
  LEFT JOIN unit u ON u.id = i.lead_unit_id LEFT JOIN "user" p ON p.id = i.handler_id
  LEFT JOIN outside_handler o ON o.id = i.outside_id"""
#: The issue alone decides the order: what a row shows beside it is looked up for its page only.
ROWS = f"""SELECT {COLUMNS} FROM (SELECT i.id FROM issue i WHERE true {{where}}
    ORDER BY {LIGHT}, coalesce(i.due_on, i.raised_on), i.id DESC LIMIT 50) first JOIN issue i ON i.id = first.id
  {JOINED.removeprefix("issue i")} ORDER BY light, coalesce(i.due_on, i.raised_on), i.id DESC"""
COUNT = "SELECT count(*) AS n FROM issue i WHERE true {where}"
NARROWED = f"""AND i.state NOT IN {ENDED} AND i.due_on < %(day)s AND i.topic_id = %(topic)s AND i.firm_id IN (
  SELECT id FROM firm WHERE area_id = ANY(%(areas)s))"""
BELOW = """WITH RECURSIVE below AS (SELECT id FROM area WHERE id = %(area)s
  UNION ALL SELECT a.id FROM area a JOIN below b ON a.parent_id = b.id) SELECT id FROM below"""
#: The columns of the board.
PLACED = """CASE WHEN i.state IN ('registered', 'admitted', 'objected') THEN 1 WHEN i.state = 'dispatched' THEN 2
  WHEN i.state IN ('signed_for', 'in_progress', 'parked') THEN 3
  WHEN i.state IN ('resolution_proposed', 'awaiting_firm') THEN 4 WHEN i.state = 'in_review' THEN 5 ELSE 6 END"""
ON_BOARD = """(i.state NOT IN ('closed_out', 'declined', 'explained', 'withdrawn')
  OR i.state = 'closed_out' AND i.closed_on >= %(month)s)"""
STATES = f"SELECT i.state, count(*) AS n FROM issue i WHERE {ON_BOARD} GROUP BY i.state"
CARDS = f"""SELECT * FROM (SELECT {COLUMNS}, {PLACED} AS placed,
    row_number() OVER (PARTITION BY {PLACED} ORDER BY i.closed_on DESC, i.due_on NULLS LAST, i.raised_on, i.id) AS nth
  FROM {JOINED} WHERE {ON_BOARD}) x WHERE nth <= 15 ORDER BY placed, nth"""
#: What says who may move a card.
PARTS = (
    "SELECT * FROM issue_assignment WHERE issue_id = ANY(%(ids)s)",
    """SELECT DISTINCT issue_id, by_id FROM issue_move WHERE issue_id = ANY(%(ids)s)
       AND event IN ('start', 'reply', 'assist_answer', 'ask_extension', 'propose')""",
)
DAYS = "SELECT day, work FROM calendar_day WHERE day BETWEEN %(first)s AND %(last)s"


@bp.get("/issues/")
def issues() -> Any:
    """The first page of the list, of all or of some, and how many there are."""
    asked: dict[str, Any] = {"day": date.today()}
    where = ""
    if "topic" in request.args:
        below = [row["id"] for row in ask(BELOW, area=request.args["area"])]
        where, asked = NARROWED, {**asked, "topic": request.args["topic"], "areas": below}
    rows = ask(ROWS.format(where=where), **asked)
    total = ask(COUNT.format(where=where), **asked)
    days = _days(rows)
    connection().commit()
    return jsonify(rows=rows, total=total, days=len(days))


@bp.get("/issues/board")
def board() -> Any:
    """Counts by state, the first cards of each column, and what says who may move them."""
    asked = {"day": date.today(), "month": date.today().replace(day=1)}
    counts = ask(STATES, **asked)
    cards = ask(CARDS, **asked)
    parts = [ask(query, ids=[card["id"] for card in cards]) for query in PARTS]
    days = _days(cards)
    connection().commit()
    return jsonify(counts=counts, cards=cards, parts=parts, days=len(days))


def _days(rows: Any) -> Any:
    """The days by which lights of these rows are told."""
    due = [row["due_on"] for row in rows if row["due_on"]] + [date.today()]
    return ask(DAYS, first=min(due), last=max(due))
