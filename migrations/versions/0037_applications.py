"""Applications in batches (申报): batches with dates, applications with their trace, reasons; the rights."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

#: New rights, and the roles that hold them when a bureau begins.
RIGHTS = {
    "applications.view": ("officer", "office", "manager", "town"),
    "applications.edit": ("officer", "office", "manager"),
    "applications.decide": ("office", "manager"),
    "applications.setup": ("office", "manager"),
}
STAGES = (
    "('intention', 'coaching', 'pre_review', 'submitted', 'accepted', 'in_review', 'public_notice', 'granted', "
    "'refused', 'abandoned')"
)
#: What a bureau begins with.
REASONS = (
    ("revenue_share", "高新技术产品（服务）收入占比不够"),
    ("rd_share", "研发费用占比不够或归集不实"),
    ("rd_staff", "科技人员占比不够"),
    ("ip", "知识产权不够或与主营产品不相关"),
    ("field", "技术领域不符"),
    ("score", "创新能力评价得分不够"),
    ("audit", "专项审计报告不合要求"),
    ("papers", "材料不全或前后矛盾"),
    ("conduct", "申报期内有重大安全、质量事故或严重违法"),
    ("unlisted", "不在公布的名单上，未告知原因"),
    ("other", "其他"),
)


def upgrade() -> None:
    """Make the tables; a database in use gets the rights and reasons a new bureau begins with."""
    _make_tables()
    bind = op.get_bind()
    role = sa.table("role", sa.column("name", sa.String), sa.column("permissions", sa.Text))
    held = bind.execute(sa.select(role.c.name, role.c.permissions).order_by(role.c.name)).all()
    for name, permissions in held:
        new = {right for right, roles in RIGHTS.items() if name in roles}
        rights = " ".join(sorted({*permissions.split(), *new}))
        op.execute(sa.update(role).where(role.c.name == name).values(permissions=rights))
    if held:
        names = ("key", "name", "position", "active")
        reasons = sa.table("refusal_reason", *map(sa.column, names))
        rows = [
            {"key": key, "name": name, "position": place, "active": True} for place, (key, name) in enumerate(REASONS)
        ]
        op.bulk_insert(reasons, rows)


def _make_tables() -> None:
    op.create_table(
        "refusal_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal_reason")),
        sa.UniqueConstraint("key", name=op.f("uq_refusal_reason_key")),
        sa.UniqueConstraint("name", name=op.f("uq_refusal_reason_name")),
    )
    op.create_table(
        "application_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=True),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("plan IS NULL OR plan >= 0", name=op.f("ck_application_batch_plan_is_a_count")),
        sa.CheckConstraint("round >= 1", name=op.f("ck_application_batch_round_counts_from_one")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_application_batch_created_by_id_user")),
        sa.ForeignKeyConstraint(["type_id"], ["title_type.id"], name=op.f("fk_application_batch_type_id_title_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_batch")),
        sa.UniqueConstraint("type_id", "year", "round", name=op.f("uq_application_batch_type_id_year_round")),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("stage_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.Column("reason_words", sa.Text(), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(stage IN ('granted', 'refused', 'abandoned')) = (ended_on IS NOT NULL)",
            name=op.f("ck_application_ended_has_a_date"),
        ),
        sa.CheckConstraint("kind IN ('first', 'renewal')", name=op.f("ck_application_kind")),
        sa.CheckConstraint("stage <> 'refused' OR reason_id IS NOT NULL", name=op.f("ck_application_refused_says_why")),
        sa.CheckConstraint(
            f"stage IN {STAGES}",
            name=op.f("ck_application_stage"),
        ),
        sa.CheckConstraint("before_id <> id", name=op.f("ck_application_not_before_itself")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["application_batch.id"], name=op.f("fk_application_batch_id_application_batch")
        ),
        sa.ForeignKeyConstraint(["before_id"], ["application.id"], name=op.f("fk_application_before_id_application")),
        sa.ForeignKeyConstraint(["coach_id"], ["user.id"], name=op.f("fk_application_coach_id_user")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_application_created_by_id_user")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_application_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["refusal_reason.id"], name=op.f("fk_application_reason_id_refusal_reason")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("firm_id", "batch_id", name=op.f("uq_application_firm_id_batch_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_application_batch_id", "application", ["batch_id", "stage"], unique=False)
    op.create_index("ix_application_before_id", "application", ["before_id"], unique=False)
    op.create_index("ix_application_coach_id", "application", ["coach_id", "stage"], unique=False)
    op.create_table(
        "application_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "key IN ('opens', 'papers', 'firm', 'district', 'city', 'province', 'notice', 'announcement')",
            name=op.f("ck_application_date_key"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["application_batch.id"],
            name=op.f("fk_application_date_batch_id_application_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_date")),
        sa.UniqueConstraint("batch_id", "key", name=op.f("uq_application_date_batch_id_key")),
    )
    op.create_table(
        "application_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("from_stage", sa.String(length=40), nullable=True),
        sa.Column("to_stage", sa.String(length=40), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(length=40), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            f"from_stage IS NULL OR from_stage IN {STAGES}",
            name=op.f("ck_application_move_from_stage"),
        ),
        sa.CheckConstraint(
            f"to_stage IN {STAGES}",
            name=op.f("ck_application_move_to_stage"),
        ),
        sa.CheckConstraint("via IN ('form', 'import', 'job')", name=op.f("ck_application_move_via")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_move_application_id_application"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_application_move_by_id_user")),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["refusal_reason.id"], name=op.f("fk_application_move_reason_id_refusal_reason")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_move")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_application_move_application_id", "application_move", ["application_id", "id"], unique=False)
    op.create_index("ix_application_move_import_row_id", "application_move", ["import_row_id"], unique=False)


def downgrade() -> None:
    """Take the tables and the rights away."""
    for table in ("application_move", "application_date", "application", "application_batch", "refusal_reason"):
        op.drop_table(table)
    role = sa.table("role", sa.column("name", sa.String), sa.column("permissions", sa.Text))
    for name, permissions in op.get_bind().execute(sa.select(role.c.name, role.c.permissions)).all():
        kept = " ".join(sorted(set(permissions.split()) - set(RIGHTS)))
        op.execute(sa.update(role).where(role.c.name == name).values(permissions=kept))
