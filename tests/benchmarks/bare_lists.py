"""The yardstick of the three lists and the figures of issues, by raw SQL as a careful person would write it."""

from datetime import date
from typing import Any

from flask import Blueprint, jsonify, request

from tests.benchmarks.asking import ask, connection

bp = Blueprint("lists", __name__)

ENDED = "('closed_out', 'declined', 'explained', 'withdrawn')"
NAMES = """i.id, i.year, i.serial, i.firm_id, i.words, i.raised_on, i.channel, i.first_due_on, i.yellow_on, i.measures,
  f.name AS firm, t.name AS topic, c.name AS class, p.name AS leader"""
JOINED = """JOIN firm f ON f.id = i.firm_id JOIN issue_topic t ON t.id = i.topic_id
  LEFT JOIN issue_class c ON c.id = i.class_id LEFT JOIN "user" p ON p.id = i.leader_id"""
ORDER = "ORDER BY f.sort_key, f.id, i.raised_on, i.id LIMIT 50"
GIVEN = f"i.state NOT IN {ENDED} AND i.due_on IS NOT NULL"
TODAY = f"SELECT {NAMES}, i.state, i.due_on FROM issue i {JOINED} WHERE {GIVEN} {ORDER}"
COUNTS = f"""SELECT count(*) FILTER (WHERE i.state NOT IN {ENDED}) AS problem, count(*) FILTER (WHERE {GIVEN}) AS given,
  count(*) FILTER (WHERE i.due_on IS NOT NULL AND (i.state NOT IN {ENDED} OR i.closed_on > %(since)s)) AS followed
  FROM issue i"""
LEADS = """SELECT a.*, u.name AS unit, p.name AS person FROM issue_assignment a JOIN unit u ON u.id = a.unit_id
  LEFT JOIN "user" p ON p.id = a.user_id WHERE a.issue_id = ANY(%(ids)s) AND a.ended_at IS NULL"""
EXTENDED = """SELECT issue_id, count(*) AS n FROM issue_extension WHERE issue_id = ANY(%(ids)s) AND granted
  GROUP BY issue_id"""
#: The last move of each issue up to a day.
THEN = """FROM issue i CROSS JOIN LATERAL (SELECT m.to_state AS state, m.due_after AS due_on FROM issue_move m
  WHERE m.issue_id = i.id AND m.moved_on <= %(day)s ORDER BY m.id DESC LIMIT 1) s"""
STOOD = f"i.raised_on <= %(day)s AND s.state NOT IN {ENDED}"
PAST = f"SELECT {NAMES}, s.state, s.due_on {THEN} {JOINED} WHERE {STOOD} {ORDER}"
PAST_COUNT = f"SELECT count(*) AS n {THEN} WHERE {STOOD}"

CLOSED = """SELECT i.lead_unit_id, count(DISTINCT k.issue_id) AS closed,
  count(DISTINCT k.issue_id) FILTER (WHERE k.answer_id IS NOT NULL) AS answered,
  count(DISTINCT k.issue_id) FILTER (WHERE k.round = 1 AND a.solved = 'yes') AS first_time,
  count(DISTINCT k.issue_id) FILTER (WHERE k.basis = 'no_answer') AS unanswered,
  count(DISTINCT k.issue_id) FILTER (WHERE EXISTS (SELECT 1 FROM issue_move m WHERE m.issue_id = i.id
    AND m.event IN ('redo', 'reopen') AND m.moved_on <= %(day)s)) AS again,
  count(DISTINCT k.issue_id) FILTER (WHERE EXISTS (SELECT 1 FROM issue o WHERE o.firm_id = i.firm_id
    AND o.topic_id = i.topic_id AND o.id <> i.id AND o.raised_on <= %(day)s
    AND o.raised_on BETWEEN k.reviewed_on AND k.watched_until)) AS recurred
  FROM issue_closing k JOIN issue i ON i.id = k.issue_id LEFT JOIN issue_answer a ON a.id = k.answer_id
  WHERE k.reviewed_on > %(since)s AND k.reviewed_on <= %(day)s GROUP BY i.lead_unit_id"""
ASSIGNED = """SELECT unit_id, count(*) AS assigned, count(objected_at) AS objected,
  count(*) FILTER (WHERE signed_on <= %(day)s OR sign_due_on < %(day)s) AS decided,
  count(*) FILTER (WHERE signed_on <= sign_due_on AND NOT signed_by_silence) AS signed
  FROM issue_assignment WHERE role = 'lead' AND assigned_on > %(since)s AND assigned_on <= %(day)s GROUP BY unit_id"""
STOCKS = f"""SELECT lead_unit_id, count(*) AS open, count(*) FILTER (WHERE due_on < %(day)s) AS overdue,
  count(*) FILTER (WHERE first_due_on < %(day)s) AS was, count(*) FILTER (WHERE state = 'parked') AS parked,
  count(*) FILTER (WHERE raised_on >= %(day)s - 7) AS age7, count(*) FILTER (WHERE raised_on >= %(day)s - 15) AS age15,
  count(*) FILTER (WHERE raised_on >= %(day)s - 30) AS age30,
  count(*) FILTER (WHERE raised_on >= %(day)s - 60) AS age60,
  count(*) FILTER (WHERE raised_on >= %(day)s - 90) AS age90
  FROM issue WHERE state NOT IN {ENDED} GROUP BY lead_unit_id"""
DUE = """SELECT lead_unit_id, count(*) AS due, count(*) FILTER (WHERE closed_on <= first_due_on) AS kept,
  count(*) FILTER (WHERE closed_on <= due_on) AS kept_approved FROM issue
  WHERE first_due_on > %(since)s AND first_due_on <= %(day)s AND state NOT IN ('declined', 'explained', 'withdrawn')
  GROUP BY lead_unit_id"""
EVENTS = """SELECT i.lead_unit_id, m.event, count(DISTINCT m.issue_id) AS n
  FROM issue_move m JOIN issue i ON i.id = m.issue_id
  WHERE m.event IN ('reopen', 'escalate', 'decline', 'explain', 'withdraw') AND m.moved_on > %(since)s
  AND m.moved_on <= %(day)s GROUP BY i.lead_unit_id, m.event"""
RAISED = """SELECT lead_unit_id, count(*) AS n FROM issue WHERE raised_on > %(since)s AND raised_on <= %(day)s
  GROUP BY lead_unit_id"""
SPOTS = """SELECT i.lead_unit_id, count(*) AS n FROM spot_check s JOIN issue i ON i.id = s.issue_id
  WHERE s.drawn_on > %(since)s AND s.drawn_on <= %(day)s GROUP BY i.lead_unit_id"""
TIMES = """SELECT to_state, left_on - moved_on AS days, count(*) AS n FROM (
    SELECT to_state, moved_on, lead(moved_on) OVER (PARTITION BY issue_id ORDER BY id) AS left_on FROM issue_move
    WHERE from_state IS DISTINCT FROM to_state AND moved_on <= %(day)s) x
  WHERE left_on > %(since)s GROUP BY to_state, left_on - moved_on"""


@bp.get("/issues/lists/<key>")
def a_list(key: str) -> Any:
    """The first page of a list with its counts, today or on a day in the past."""
    day = date.fromisoformat(request.args.get("on", date.today().isoformat()))
    if day < date.today():
        rows, counts = ask(PAST, day=day), ask(PAST_COUNT, day=day)
    else:
        rows, counts = ask(TODAY), ask(COUNTS, since=date(day.year - 1, 12, 31))
    ids = [row["id"] for row in rows]
    parts = [ask(query, ids=ids) for query in (LEADS, EXTENDED)]
    connection().commit()
    return jsonify(rows=rows, counts=counts, parts=parts)


@bp.get("/issues/figures")
def figures() -> Any:
    """Every figure by unit for a period and for the one before."""
    day = date.today()
    since = date(day.year - 1, 12, 31)
    told = []
    for first, last in ((since, day), (since - (day - since), since)):
        asked = (CLOSED, ASSIGNED, DUE, EVENTS, RAISED, SPOTS)
        told.append([ask(query, since=first, day=last) for query in asked])
    told.append([ask(STOCKS, day=day)])
    connection().commit()
    return jsonify(told)


@bp.get("/issues/figures/times")
def times() -> Any:
    """How long issues stayed in each state."""
    day = date.today()
    told = ask(TIMES, since=date(day.year - 1, 12, 31), day=day)
    connection().commit()
    return jsonify(told)
