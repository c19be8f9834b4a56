"""The timetable as rows: what administrators change of an entry, one run for each period, from when it is kept."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

BY_TIMETABLE = sa.text("NOT by_hand")
STATES = "state IN ('running', 'done', 'failed', 'merged', 'paused', 'maybe')"


def upgrade() -> None:
    """Extend both tables; times of the old words (`hour=6 minute=30`) are carried over."""
    op.create_table(
        "job_since",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_since")),
    )
    connection = op.get_bind()
    kept = connection.execute(sa.text("SELECT job, active, hours FROM job_override ORDER BY job")).all()
    op.drop_table("job_override")
    table = op.create_table(
        "job_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("nth", sa.Integer(), nullable=True),
        sa.Column("rule", sa.String(length=40), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_job_override_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_override")),
        sa.UniqueConstraint("job", name=op.f("uq_job_override_job")),
    )
    rows = [{"job": job, "active": bool(active), "hours": _time_of(hours), "reason": ""} for job, active, hours in kept]
    if rows:
        op.bulk_insert(table, rows)
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("period", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("by_hand", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("holder", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("lease_until", sa.DateTime(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_job_run_by_id_user"), "user", ["by_id"], ["id"])
        batch_op.create_check_constraint(op.f("ck_job_run_state"), STATES)
    op.create_index(
        "uq_job_run_period", "job_run", ["job", "period"], unique=True,
        sqlite_where=BY_TIMETABLE, postgresql_where=BY_TIMETABLE,
    )  # fmt: skip


def downgrade() -> None:
    """What was noted of periods is forgotten."""
    op.drop_index("uq_job_run_period", "job_run")
    op.execute("DELETE FROM job_run WHERE state IN ('merged', 'paused', 'maybe')")
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_job_run_state"), type_="check")
        batch_op.drop_constraint(op.f("fk_job_run_by_id_user"), type_="foreignkey")
        for name in ("period", "due_at", "late", "by_hand", "by_id", "attempts", "holder", "lease_until"):
            batch_op.drop_column(name)
    op.drop_table("job_override")
    op.create_table(
        "job_override",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_override")),
    )
    op.drop_table("job_since")


def _time_of(hours: str) -> str:
    fields = dict(re.findall(r"(hour|minute)=(\d{1,2})(?: |$)", hours))
    return f"{fields['hour']}:{int(fields.get('minute', 0)):02d}" if "hour" in fields else ""
