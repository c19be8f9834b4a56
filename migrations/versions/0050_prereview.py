"""Pre-review meetings: agendas, experts, marks, verdicts, findings; whether a batch refuses what is unready."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; batches go on warning only."""
    op.create_table(
        "review_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("begins", sa.String(length=5), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["application_batch.id"], name=op.f("fk_review_meeting_batch_id_application_batch")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_review_meeting_created_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_meeting")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_meeting_held_on", "review_meeting", ["held_on", "id"], unique=False)
    op.create_table(
        "review_expert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["review_meeting.id"], name=op.f("fk_review_expert_meeting_id_review_meeting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_expert")),
    )
    op.create_index("ix_review_expert_meeting_id", "review_expert", ["meeting_id"], unique=False)
    op.create_table(
        "review_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('cleared', 'again', 'postponed')", name=op.f("ck_review_item_verdict")
        ),
        sa.CheckConstraint("(verdict IS NULL) = (decided_on IS NULL)", name=op.f("ck_review_item_verdict_has_a_day")),
        sa.CheckConstraint("round >= 1", name=op.f("ck_review_item_round_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_review_item_application_id_application")
        ),
        sa.ForeignKeyConstraint(["before_id"], ["review_item.id"], name=op.f("fk_review_item_before_id_review_item")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_review_item_decided_by_id_user")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["review_meeting.id"], name=op.f("fk_review_item_meeting_id_review_meeting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_item")),
        sa.UniqueConstraint("application_id", "round", name=op.f("uq_review_item_application_id_round")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_item_meeting_id", "review_item", ["meeting_id", "position"], unique=False)
    op.create_table(
        "review_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("done_words", sa.String(length=200), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("done_on IS NOT NULL OR done_words = ''", name=op.f("ck_review_finding_done_has_a_day")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_review_finding_application_id_application")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_review_finding_created_by_id_user")),
        sa.ForeignKeyConstraint(["done_by_id"], ["user.id"], name=op.f("fk_review_finding_done_by_id_user")),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name=op.f("fk_review_finding_item_id_review_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_finding")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_finding_application_id", "review_finding", ["application_id", "done_on"], unique=False)
    op.create_index("ix_review_finding_item_id", "review_finding", ["item_id"], unique=False)
    op.create_table(
        "review_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("ip", sa.Integer(), nullable=True),
        sa.Column("conversion", sa.Integer(), nullable=True),
        sa.Column("organisation", sa.Integer(), nullable=True),
        sa.Column("growth", sa.Integer(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.CheckConstraint("conversion IS NULL OR conversion BETWEEN 0 AND 30", name=op.f("ck_review_mark_conversion")),
        sa.CheckConstraint("growth IS NULL OR growth BETWEEN 0 AND 20", name=op.f("ck_review_mark_growth")),
        sa.CheckConstraint("ip IS NULL OR ip BETWEEN 0 AND 30", name=op.f("ck_review_mark_ip")),
        sa.CheckConstraint(
            "organisation IS NULL OR organisation BETWEEN 0 AND 20", name=op.f("ck_review_mark_organisation")
        ),
        sa.CheckConstraint("total IS NULL OR total BETWEEN 0 AND 100", name=op.f("ck_review_mark_total_of_a_hundred")),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["review_expert.id"], name=op.f("fk_review_mark_expert_id_review_expert")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name=op.f("fk_review_mark_item_id_review_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_mark")),
        sa.UniqueConstraint("item_id", "expert_id", name=op.f("uq_review_mark_item_id_expert_id")),
    )
    column = sa.Column("review_refuses", sa.Boolean(), nullable=False, server_default=sa.false())
    with op.batch_alter_table("application_batch") as batch:
        batch.add_column(column)
    with op.batch_alter_table("application_batch") as batch:
        batch.alter_column("review_refuses", server_default=None)


def downgrade() -> None:
    """Take the tables away."""
    for table in ("review_finding", "review_mark", "review_item", "review_expert", "review_meeting"):
        op.drop_table(table)
    with op.batch_alter_table("application_batch") as batch:
        batch.drop_column("review_refuses")
