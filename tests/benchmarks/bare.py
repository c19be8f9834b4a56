"""The yardstick: bare Flask routes that answer the same rows as JSON with raw SQL on the same PostgreSQL. No ORM, no
text index, no kept counts, no sign-in, no scope, no change log; one open connection for each thread."""

from datetime import date
from typing import Any

from flask import Flask, jsonify, request

from tests.benchmarks.asking import ask, connection
from tests.benchmarks.bare_issues import bp as issues
from tests.benchmarks.bare_lists import bp as lists
from tests.benchmarks.bare_visits import bp as visits

#: The highest ladder title in force of a firm f on %(day)s; pool members and badges are 潜力企业.
RUNG = """
  coalesce((SELECT max(CASE tt.rung WHEN 'hnte' THEN 4 WHEN 'srdi' THEN 3 WHEN 'tech_sme' THEN 2 ELSE 1 END)
            FROM title t JOIN title_type tt ON tt.id = t.type_id
            WHERE t.firm_id = f.id AND NOT t.provisional AND t.issued_on <= %(day)s
              AND (t.ends_on IS NULL OR t.ends_on >= %(day)s) AND (t.revoked_on IS NULL OR t.revoked_on > %(day)s)
              AND tt.rung IS NOT NULL),
           (SELECT 1 FROM pool_member m JOIN pool_type pt ON pt.id = m.type_id WHERE m.firm_id = f.id
              AND pt.makes_potential AND m.from_on <= %(day)s AND (m.to_on IS NULL OR m.to_on >= %(day)s) LIMIT 1),
           0)"""
ROWS = f"""
  SELECT f.id, f.name, f.code, f.status, f.unverified, a.name AS area, p.name AS park, ua.name AS officer_a,
         ub.name AS officer_b, {RUNG} AS rung,
         (SELECT min(t.ends_on) FROM title t WHERE t.firm_id = f.id AND NOT t.provisional AND t.issued_on <= %(day)s
             AND t.ends_on >= %(day)s AND (t.revoked_on IS NULL OR t.revoked_on > %(day)s)) AS ends_on,
         (SELECT max(v.visit_on) FROM visit v WHERE v.firm_id = f.id) AS visited_on
  FROM firm f LEFT JOIN area a ON a.id = f.area_id LEFT JOIN area p ON p.id = f.park_id
       LEFT JOIN "user" ua ON ua.id = f.officer_a_id LEFT JOIN "user" ub ON ub.id = f.officer_b_id
  WHERE f.merged_into_id IS NULL {{where}} ORDER BY f.sort_key, f.id LIMIT 50"""
COUNT = "SELECT count(*) AS n FROM firm f WHERE f.merged_into_id IS NULL {where}"
FOUND = """AND (f.name LIKE %(like)s OR f.code LIKE %(like)s
           OR f.id IN (SELECT n.firm_id FROM firm_name n WHERE n.name LIKE %(like)s))"""
BOARD = """
  WITH held AS (
    SELECT t.firm_id, max(CASE tt.rung WHEN 'hnte' THEN 4 WHEN 'srdi' THEN 3 WHEN 'tech_sme' THEN 2 ELSE 1 END) AS rung,
           min(t.ends_on) AS ends_on
    FROM title t JOIN title_type tt ON tt.id = t.type_id
    WHERE NOT t.provisional AND t.issued_on <= %(day)s AND (t.ends_on IS NULL OR t.ends_on >= %(day)s)
      AND (t.revoked_on IS NULL OR t.revoked_on > %(day)s) AND tt.rung IS NOT NULL GROUP BY t.firm_id
  ), pooled AS (
    SELECT DISTINCT m.firm_id, 1 AS rung FROM pool_member m JOIN pool_type pt ON pt.id = m.type_id
    WHERE pt.makes_potential AND m.from_on <= %(day)s AND (m.to_on IS NULL OR m.to_on >= %(day)s)
  ), stands AS (
    SELECT f.id, f.name, f.area_id, f.officer_a_id, h.ends_on, coalesce(h.rung, p.rung, 0) AS rung
    FROM firm f LEFT JOIN held h ON h.firm_id = f.id LEFT JOIN pooled p ON p.firm_id = f.id
    WHERE f.merged_into_id IS NULL AND f.status = 'active'
  )
"""
RECORD = (
    "SELECT f.*, a.name AS area, p.name AS park, ua.name AS officer_a, ub.name AS officer_b FROM firm f"
    " LEFT JOIN area a ON a.id = f.area_id LEFT JOIN area p ON p.id = f.park_id"
    ' LEFT JOIN "user" ua ON ua.id = f.officer_a_id LEFT JOIN "user" ub ON ub.id = f.officer_b_id WHERE f.id = %(id)s',
    "SELECT * FROM firm_name WHERE firm_id = %(id)s ORDER BY from_on, id",
    "SELECT t.*, tt.name FROM title t JOIN title_type tt ON tt.id = t.type_id WHERE firm_id = %(id)s",
    "SELECT * FROM firm_figure WHERE firm_id = %(id)s ORDER BY year, id",
    "SELECT id, post, phone_tail FROM contact WHERE firm_id = %(id)s ORDER BY id",
    "SELECT m.*, pt.name FROM pool_member m JOIN pool_type pt ON pt.id = m.type_id WHERE firm_id = %(id)s",
    'SELECT v.*, u.name FROM visit v JOIN "user" u ON u.id = v.created_by_id WHERE firm_id = %(id)s ORDER BY visit_on',
    "SELECT * FROM firm_place WHERE firm_id = %(id)s ORDER BY id",
    "SELECT * FROM firm_officer WHERE firm_id = %(id)s ORDER BY id",
    "SELECT * FROM firm_status WHERE firm_id = %(id)s ORDER BY id",
    "SELECT * FROM firm_flag WHERE firm_id = %(id)s ORDER BY id",
    "SELECT * FROM change WHERE firm_id = %(id)s ORDER BY id DESC LIMIT 50",
)

app = Flask(__name__)
app.register_blueprint(visits)
app.register_blueprint(issues)
app.register_blueprint(lists)


@app.get("/firms/")
def firms() -> Any:
    """The first page of the list, or of a search, and how many there are."""
    day, wanted = date.today(), request.args.get("q")
    where = FOUND if wanted else ""
    like = f"%{wanted}%"
    rows = ask(ROWS.format(where=where), day=day, like=like)
    total = ask(COUNT.format(where=where), like=like) if wanted else ask(COUNT.format(where=""))
    connection().commit()
    return jsonify(rows=rows, total=total[0]["n"])


@app.get("/firms/<int:firm_id>")
def firm(firm_id: int) -> Any:
    """Everything that hangs on one firm."""
    parts = [ask(query, id=firm_id) for query in RECORD]
    connection().commit()
    return jsonify(parts)


@app.get("/funnel/")
def board() -> Any:
    """Counts by rung, and the first cards of each column."""
    day = date.today()
    counts = ask(BOARD + "SELECT rung, count(*) AS n FROM stands GROUP BY rung ORDER BY rung", day=day)
    cards = ask(
        BOARD
        + """SELECT c.* FROM (SELECT s.*, a.name AS area, u.name AS officer,
              row_number() OVER (PARTITION BY rung ORDER BY ends_on, s.id) AS place
            FROM stands s LEFT JOIN area a ON a.id = s.area_id LEFT JOIN "user" u ON u.id = s.officer_a_id
            WHERE rung > 0) c WHERE place <= 20 ORDER BY rung, place""",
        day=day,
    )
    connection().commit()
    return jsonify(counts=counts, cards=cards)


@app.post("/bench/firms/<int:firm_id>/visits")
def add(firm_id: int) -> Any:
    """Insert a visit and its officer."""
    made = ask(
        "INSERT INTO visit (uuid, firm_id, visit_on, start_time, kind_id, place, text, answer, next_step,"
        " recorded_by_text, source, created_by_id, created_at, received_at, withdrawn_reason, version)"
        " VALUES (gen_random_uuid(), %(firm)s, %(day)s, '', (SELECT id FROM visit_kind WHERE key = 'visit'), '',"
        " %(text)s, '', '', '', 'form', 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', '', 1) RETURNING id",
        firm=firm_id,
        day=request.form["visit_on"],
        text=request.form["text"],
    )
    connection().execute("INSERT INTO visit_officer (visit_id, user_id) VALUES (%s, 1)", (made[0]["id"],))
    connection().commit()
    return jsonify(made[0])
