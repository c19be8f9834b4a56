"""Teams of officers and experts with their firms; what each visit brought; the team a visit belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

#: What a bureau begins with: key, name, unit.
OUTCOMES = (
    ("needs_understood", "了解需求", "项"),
    ("solved_on_spot", "现场解决", "项"),
    ("agreements", "达成协议", "项"),
    ("people_trained", "培训人次", "人次"),
    ("patents_helped", "指导专利", "件"),
    ("firms_incubated", "孵化企业", "家"),
    ("results_transferred", "转化成果", "项"),
)


def upgrade() -> None:
    """Make the tables, then what visits gain; a database in use gets the kinds a new bureau begins with."""
    op.create_table(
        "outcome_kind",
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_kind")),
        sa.UniqueConstraint("key", name=op.f("uq_outcome_kind_key")),
        sa.UniqueConstraint("name", name=op.f("uq_outcome_kind_name")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_team_from_before_to")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_team_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_team_created_by_id_user")),
        sa.ForeignKeyConstraint(["leader_id"], ["user.id"], name=op.f("fk_team_leader_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index("ix_team_campaign_id", ["campaign_id"], unique=False)

    op.create_table(
        "team_firm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("need", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_team_firm_firm_id_firm")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_firm_team_id_team"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_firm")),
    )
    with op.batch_alter_table("team_firm", schema=None) as batch_op:
        batch_op.create_index("ix_team_firm_firm_id", ["firm_id"], unique=False)
        batch_op.create_index("ix_team_firm_team_id", ["team_id", "firm_id"], unique=True)

    op.create_table(
        "team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.CheckConstraint("(user_id IS NOT NULL) = (name = '')", name=op.f("ck_team_member_officer_or_expert")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id_team"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_team_member_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index("ix_team_member_team_id", ["team_id"], unique=False)
        batch_op.create_index("ix_team_member_user_id", ["user_id"], unique=False)

    op.create_table(
        "visit_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_visit_outcome_number")),
        sa.ForeignKeyConstraint(["kind_id"], ["outcome_kind.id"], name=op.f("fk_visit_outcome_kind_id_outcome_kind")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_outcome_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_outcome")),
    )
    with op.batch_alter_table("visit_outcome", schema=None) as batch_op:
        batch_op.create_index("ix_visit_outcome_kind_id", ["kind_id"], unique=False)
        batch_op.create_index("ix_visit_outcome_visit_id", ["visit_id", "kind_id"], unique=True)

    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("team_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_visit_team_id", ["team_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_visit_team_id_team"), "team", ["team_id"], ["id"])

    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT 1 FROM role LIMIT 1")):
        names = ("key", "name", "unit", "position", "active")
        kind = sa.table("outcome_kind", *(sa.column(name) for name in names))
        rows = [(*row, place, True) for place, row in enumerate(OUTCOMES)]
        connection.execute(sa.insert(kind), [dict(zip(names, row, strict=True)) for row in rows])


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("visit") as batch_op:
        batch_op.drop_constraint(op.f("fk_visit_team_id_team"), type_="foreignkey")
        batch_op.drop_index("ix_visit_team_id")
        batch_op.drop_column("team_id")
    op.drop_table("visit_outcome")
    op.drop_table("team_member")
    op.drop_table("team_firm")
    op.drop_table("team")
    op.drop_table("outcome_kind")
