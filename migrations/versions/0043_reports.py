"""Editions of reports: their drafts, and what issued ones printed."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

#: Who gets which right.
RIGHTS = {
    "officer": {"reports.view", "reports.draft"},
    "office": {"reports.view", "reports.draft", "reports.compile"},
    "manager": {"reports.view", "reports.draft", "reports.sign"},
    "town": {"reports.view"},
}
TABLES = ("report_section", "report_row", "report_reader", "report_print", "report_figure", "report", "report_line")


def upgrade() -> None:
    """Make the tables; a database in use gets the rights."""
    op.create_table(
        "report_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("figure", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('week', 'month', 'quarter', 'halfyear', 'year')", name=op.f("ck_report_line_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_line")),
        sa.UniqueConstraint("kind", "section", "figure", name=op.f("uq_report_line_kind_section_figure")),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("returned_words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(), nullable=True),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("difference_words", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'issued') = (issued_at IS NOT NULL)", name=op.f("ck_report_issued_has_a_moment")),
        sa.CheckConstraint("kind IN ('week', 'month', 'quarter', 'halfyear', 'year')", name=op.f("ck_report_kind")),
        sa.CheckConstraint("state IN ('drafted', 'in_review', 'signed', 'issued')", name=op.f("ck_report_state")),
        sa.CheckConstraint(
            "(unit_id IS NULL AND owner = 0) OR unit_id = owner", name=op.f("ck_report_owner_is_the_unit")
        ),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_report_first_before_last")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["user.id"], name=op.f("fk_report_drafted_by_id_user")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user.id"], name=op.f("fk_report_issued_by_id_user")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["user.id"], name=op.f("fk_report_signed_by_id_user")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["user.id"], name=op.f("fk_report_submitted_by_id_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("kind", "period", "owner", name=op.f("uq_report_kind_period_owner")),
    )
    op.create_index("ix_report_owner", "report", ["owner", "kind", "first_on"], unique=False)
    op.create_table(
        "report_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("of", sa.String(length=40), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("on_words", sa.String(length=200), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("before_words", sa.String(length=200), nullable=False),
        sa.Column("before_change", sa.String(length=200), nullable=False),
        sa.Column("year_words", sa.String(length=200), nullable=False),
        sa.Column("growth", sa.String(length=200), nullable=False),
        sa.Column("target_words", sa.String(length=200), nullable=False),
        sa.Column("done_words", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_figure_report_id_report"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_figure")),
        sa.UniqueConstraint("report_id", "slot", name=op.f("uq_report_figure_report_id_slot")),
    )
    op.create_table(
        "report_print",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_print_report_id_report"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_print")),
    )
    op.create_table(
        "report_reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(unit_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_report_reader_a_unit_or_a_person")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_reader_report_id_report"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_reader_unit_id_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_report_reader_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_reader")),
        sa.UniqueConstraint("report_id", "unit_id", name=op.f("uq_report_reader_report_id_unit_id")),
        sa.UniqueConstraint("report_id", "user_id", name=op.f("uq_report_reader_report_id_user_id")),
    )
    op.create_table(
        "report_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_row_report_id_report"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_row")),
        sa.UniqueConstraint("report_id", "slot", "position", name=op.f("uq_report_row_report_id_slot_position")),
    )
    op.create_index("ix_report_row_slot", "report_row", ["slot", "about"], unique=False)
    op.create_table(
        "report_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_section_report_id_report"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_section")),
        sa.UniqueConstraint("report_id", "key", name=op.f("uq_report_section_report_id_key")),
    )
    _give(lambda held, name: held | RIGHTS.get(name, set()))


def downgrade() -> None:
    """Take them away."""
    _give(lambda held, name: {right for right in held if not right.startswith("reports.")})
    for table in TABLES:
        op.drop_table(table)


def _give(rights: Callable[[set[str], str], set[str]]) -> None:
    bind = op.get_bind()
    role = sa.table("role", sa.column("name", sa.String), sa.column("permissions", sa.Text))
    for name, permissions in bind.execute(sa.select(role.c.name, role.c.permissions).order_by(role.c.name)).all():
        new = " ".join(sorted(rights(set(permissions.split()), name)))
        op.execute(sa.update(role).where(role.c.name == name).values(permissions=new))
