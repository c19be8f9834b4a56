"""What people judged of a firm for an assessment."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "firm_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("why <> ''", name=op.f("ck_firm_judgement_says_why")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_judgement_firm_id_firm")),
        sa.ForeignKeyConstraint(["said_by_id"], ["user.id"], name=op.f("fk_firm_judgement_said_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_judgement")),
    )
    with op.batch_alter_table("firm_judgement", schema=None) as batch_op:
        batch_op.create_index("ix_firm_judgement_firm_id", ["firm_id", "key", "said_on"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_table("firm_judgement")
