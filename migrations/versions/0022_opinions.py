"""Opinions and suggestions, and the kinds they are of."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

#: What a bureau begins with: key, name.
KINDS = (
    ("policy", "政策"), ("service", "服务"), ("finance", "融资"), ("talent", "人才"), ("site", "场地"),
    ("technology", "技术"), ("other", "其他"),
)  # fmt: skip


def upgrade() -> None:
    """Make the tables; a database in use gets the kinds a new bureau begins with."""
    op.create_table(
        "opinion_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_kind")),
        sa.UniqueConstraint("key", name=op.f("uq_opinion_kind_key")),
        sa.UniqueConstraint("name", name=op.f("uq_opinion_kind_name")),
    )
    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("common", sa.Boolean(), nullable=False),
        sa.Column("collected_on", sa.Date(), nullable=False),
        sa.Column("collected_by_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("passed_to", sa.String(length=200), nullable=False),
        sa.Column("passed_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("told_how", sa.Text(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("kept_reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("(answered_on IS NULL) = (answer = '')", name=op.f("ck_opinion_answered_says_what")),
        sa.CheckConstraint("(passed_on IS NULL) = (passed_to = '')", name=op.f("ck_opinion_passed_says_to_whom")),
        sa.CheckConstraint("(state = 'kept') = (kept_reason <> '')", name=op.f("ck_opinion_kept_says_why")),
        sa.CheckConstraint("(state = 'told') = (told_on IS NOT NULL)", name=op.f("ck_opinion_told")),
        sa.CheckConstraint(
            "(state IN ('answered', 'told')) = (answered_on IS NOT NULL)", name=op.f("ck_opinion_answered")
        ),
        sa.CheckConstraint("(told_on IS NULL) = (told_how = '')", name=op.f("ck_opinion_told_says_how")),
        sa.CheckConstraint("firm_id IS NOT NULL OR source <> ''", name=op.f("ck_opinion_says_whose")),
        sa.CheckConstraint("state <> 'passed' OR passed_on IS NOT NULL", name=op.f("ck_opinion_passed")),
        sa.CheckConstraint(
            "state IN ('collected', 'passed', 'answered', 'told', 'kept')", name=op.f("ck_opinion_state")
        ),
        sa.ForeignKeyConstraint(["collected_by_id"], ["user.id"], name=op.f("fk_opinion_collected_by_id_user")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_opinion_firm_id_firm")),
        sa.ForeignKeyConstraint(["kind_id"], ["opinion_kind.id"], name=op.f("fk_opinion_kind_id_opinion_kind")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_opinion_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
    )
    with op.batch_alter_table("opinion", schema=None) as batch_op:
        batch_op.create_index("ix_opinion_firm_id", ["firm_id"], unique=False)
        batch_op.create_index("ix_opinion_state", ["state", "collected_on"], unique=False)
        batch_op.create_index("ix_opinion_visit_id", ["visit_id"], unique=False)

    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT 1 FROM role LIMIT 1")):
        kind = sa.table("opinion_kind", *(sa.column(name) for name in ("key", "name", "position", "active")))
        rows = [
            {"key": key, "name": name, "position": place, "active": True} for place, (key, name) in enumerate(KINDS)
        ]
        connection.execute(sa.insert(kind), rows)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("opinion")
    op.drop_table("opinion_kind")
