"""The yardstick of the pages of visits: the same rows by raw SQL, as tests/benchmarks/bare.py does for firms."""

import hashlib
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, jsonify, request

from tests.benchmarks.asking import ask, connection

bp = Blueprint("visits", __name__)

VISITS = """
  SELECT v.id, v.visit_on, v.start_time, v.text, v.recorded_by_text, v.version, v.received_at, f.id AS firm_id,
         f.name AS firm, a.name AS area, k.name AS kind, c.name AS campaign
  FROM visit v JOIN firm f ON f.id = v.firm_id JOIN visit_kind k ON k.id = v.kind_id
       LEFT JOIN area a ON a.id = f.area_id LEFT JOIN campaign c ON c.id = v.campaign_id
  WHERE v.withdrawn_at IS NULL {where} ORDER BY v.visit_on DESC, v.id DESC LIMIT 50"""
COUNTS = """SELECT count(*) AS n, count(DISTINCT v.firm_id) AS firms FROM visit v
            WHERE v.withdrawn_at IS NULL {where}"""
NARROWED = """AND v.visit_on BETWEEN %(since)s AND %(until)s
              AND v.id IN (SELECT o.visit_id FROM visit_officer o WHERE o.user_id = %(officer)s)"""
PARTS = (
    """SELECT o.visit_id, u.name FROM visit_officer o JOIN "user" u ON u.id = o.user_id
       WHERE o.visit_id = ANY(%(ids)s) ORDER BY u.sort_key""",
    "SELECT visit_id, s.name FROM visit_purpose JOIN service s ON s.id = service_id WHERE visit_id = ANY(%(ids)s)",
    "SELECT visit_id, s.name FROM visit_service JOIN service s ON s.id = service_id WHERE visit_id = ANY(%(ids)s)",
    "SELECT visit_id, count(*) AS n FROM visit_demand WHERE visit_id = ANY(%(ids)s) GROUP BY visit_id",
    "SELECT visit_id, count(*) AS n FROM visit_photo WHERE visit_id = ANY(%(ids)s) GROUP BY visit_id",
)
#: Firms that somebody looks after, with their visits of this year and the last day of any.
CARED = """
  FROM firm f LEFT JOIN (
    SELECT v.firm_id, count(*) FILTER (WHERE v.visit_on >= %(since)s) AS calls, max(v.visit_on) AS last_on FROM visit v
    WHERE v.withdrawn_at IS NULL AND v.kind_id IN (SELECT id FROM visit_kind WHERE counts) GROUP BY v.firm_id
  ) c ON c.firm_id = f.id
  WHERE f.merged_into_id IS NULL AND f.status = 'active'
    AND (f.officer_a_id IS NOT NULL OR f.officer_b_id IS NOT NULL)"""
BEYOND = """(c.last_on IS NULL OR c.last_on < %(day)s - CASE f.care_level
  WHEN 'A' THEN 30 WHEN 'B' THEN 60 WHEN 'C' THEN 120 WHEN 'reserve' THEN 180 END)"""
COVERED = f"""SELECT f.{{by}} AS id, count(*) AS assigned, count(*) FILTER (WHERE c.calls > 0) AS visited,
  sum(c.calls) AS visits, count(*) FILTER (WHERE c.calls > 1) AS repeat, count(*) FILTER (WHERE c.last_on IS NULL)
  AS never, count(*) FILTER (WHERE f.care_level IS NOT NULL AND {BEYOND}) AS beyond {CARED} GROUP BY f.{{by}}"""
BEHIND = f"""SELECT f.id, f.name, f.code, f.care_level, a.name AS area, c.calls, c.last_on
  {CARED.replace("WHERE f.merged", "LEFT JOIN area a ON a.id = f.area_id WHERE f.merged")}
  AND f.care_level IS NOT NULL AND {BEYOND}"""
LINES = """
  SELECT l.*, f.name AS firm, m.planned_on AS moved_on,
         ARRAY(SELECT u.name FROM plan_officer o JOIN "user" u ON u.id = o.user_id WHERE o.line_id = l.id) AS officers
  FROM plan_line l LEFT JOIN firm f ON f.id = l.firm_id LEFT JOIN plan_line m ON m.id = l.moved_to_id
  WHERE {when} {where} ORDER BY l.planned_on, l.id"""
WEEK = "l.planned_on BETWEEN %(first)s AND %(last)s"
UNDONE = "l.outcome IS NULL AND l.planned_on < %(today)s AND l.planned_on >= %(back)s"
OWN = "AND l.id IN (SELECT o.line_id FROM plan_officer o WHERE o.user_id = %(who)s)"
OFFICERS = """
  SELECT DISTINCT u.id, u.name, u.sort_key FROM "user" u JOIN user_role r ON r.user_id = u.id
       JOIN role ON role.id = r.role_id
  WHERE u.active AND role.name IN ('officer', 'office', 'manager') ORDER BY u.sort_key"""
CARRIED = """
  SELECT f.id, f.name, f.code, a.name AS area, s.lines FROM firm f LEFT JOIN firm_search s ON s.firm_id = f.id
       LEFT JOIN area a ON a.id = f.area_id
  WHERE f.merged_into_id IS NULL AND (f.officer_a_id = %(who)s OR f.officer_b_id = %(who)s)
  ORDER BY f.sort_key, f.id LIMIT 600"""
CARDS = (
    "SELECT firm_id, post, phone_tail FROM contact WHERE firm_id = ANY(%(ids)s) AND ended_on IS NULL",
    """SELECT p.*, u.name FROM promise p JOIN "user" u ON u.id = p.person_id
       WHERE p.firm_id = ANY(%(ids)s) AND p.done_on IS NULL AND p.dropped_reason = ''""",
    "SELECT firm_id, words, category FROM visit_demand WHERE firm_id = ANY(%(ids)s) AND state = 'to_review'",
    """SELECT * FROM (SELECT v.*, row_number() OVER (PARTITION BY firm_id ORDER BY visit_on DESC, id DESC) AS nth
       FROM visit v WHERE firm_id = ANY(%(ids)s) AND withdrawn_at IS NULL) x WHERE nth <= 3""",
    """SELECT t.firm_id, y.name, t.ends_on FROM title t JOIN title_type y ON y.id = t.type_id
       WHERE t.firm_id = ANY(%(ids)s) AND t.ends_on BETWEEN %(day)s AND %(day)s + 183""",
    "SELECT * FROM firm_figure WHERE firm_id = ANY(%(ids)s) AND year = %(year)s",
    "SELECT id, key, name FROM visit_kind ORDER BY position",
    "SELECT id, key, name FROM service ORDER BY position",
)


@bp.get("/visits/")
def visits() -> Any:
    """The first page of the list, of everybody's visits or of an officer's in a period, and how many there are."""
    where = NARROWED if "officer" in request.args else ""
    rows = ask(VISITS.format(where=where), **request.args)
    total = ask(COUNTS.format(where=where), **request.args)
    ids = [row["id"] for row in rows]
    parts = [ask(query, ids=ids) for query in PARTS]
    connection().commit()
    return jsonify(rows=rows, total=total, parts=parts)


@bp.get("/visits/coverage")
def coverage() -> Any:
    """The numbers of this year by officer and by area."""
    today = date.today()
    found = [ask(COVERED.format(by=by), day=today, since=date(today.year, 1, 1)) for by in ("officer_a_id", "area_id")]
    named = [ask('SELECT id, name FROM "user"'), ask("SELECT id, name FROM area")]
    connection().commit()
    return jsonify(found=found, named=named)


@bp.get("/visits/coverage/firms")
def covered_firms() -> Any:
    """The first firms beyond their interval, and how many there are."""
    today = date.today()
    asked = {"day": today, "since": date(today.year, 1, 1)}
    rows = ask(f"{BEHIND} ORDER BY f.care_level, c.last_on NULLS FIRST, f.sort_key LIMIT 50", **asked)
    count = ask(f"SELECT count(*) AS n FROM ({BEHIND}) x", **asked)
    connection().commit()
    return jsonify(rows=rows, count=count)


@bp.get("/plan/")
def plan() -> Any:
    """The lines of this week and those left undone, of the first officer or of all."""
    today = date.today()
    first = today - timedelta(days=today.weekday())
    where = "" if request.args.get("who") == "all" else OWN
    asked: dict[str, Any] = {"first": first, "last": first + timedelta(6), "today": today, "who": _first_officer(),
                             "back": today - timedelta(62)}  # fmt: skip
    lines = [ask(LINES.format(when=when, where=where), **asked) for when in (WEEK, UNDONE)]
    people = ask(OFFICERS)
    days = ask("SELECT * FROM calendar_day")
    connection().commit()
    return jsonify(lines=lines, people=people, days=len(days))


@bp.get("/m/bundle.json")
def bundle() -> Any:
    """The firms of an officer with what a phone carries of them."""
    today = date.today()
    firms = ask(CARRIED, who=_first_officer())
    ids = [row["id"] for row in firms]
    cards = [ask(query, ids=ids[:300], day=today, year=today.year - 1) for query in CARDS]
    connection().commit()
    return jsonify(firms=firms, cards=cards)


@bp.put("/m/api/visits/<uuid>")
def put(uuid: str) -> Any:
    """Insert a visit, its officer and its receipt."""
    body = request.get_json()
    made = ask(
        "INSERT INTO visit (uuid, firm_id, visit_on, start_time, kind_id, place, text, answer, next_step,"
        " recorded_by_text, source, created_by_id, created_at, received_at, withdrawn_reason, version)"
        " VALUES (%(uuid)s, %(firm)s, %(day)s, '', (SELECT id FROM visit_kind WHERE key = 'visit'), '',"
        " %(text)s, '', '', '', 'phone', 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', '', 1) RETURNING id",
        uuid=uuid,
        firm=body["firm_id"],
        day=body["visit_on"],
        text=body["text"],
    )[0]
    connection().execute("INSERT INTO visit_officer (visit_id, user_id) VALUES (%s, 1)", (made["id"],))
    connection().execute(
        "INSERT INTO visit_receipt (uuid, visit_id, body_hash, number, person_id, received_at)"
        " VALUES (%s, %s, %s, %s, 1, now() AT TIME ZONE 'UTC')",
        (uuid, made["id"], hashlib.sha256(request.get_data()).hexdigest(), f"bare-{made['id']}"),
    )
    connection().commit()
    return jsonify(made), 201


def _first_officer() -> int:
    return int(ask("SELECT id FROM \"user\" WHERE email = 'lu@yunlan.example'")[0]["id"])
