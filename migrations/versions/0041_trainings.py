"""Training sessions and the firms invited to them."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("target_type_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("begins", sa.String(length=5), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("lecturers", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("called_off", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name=op.f("ck_training_capacity")),
        sa.CheckConstraint("others >= 0", name=op.f("ck_training_others")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_training_created_by_id_user")),
        sa.ForeignKeyConstraint(
            ["target_type_id"], ["title_type.id"], name=op.f("fk_training_target_type_id_title_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    op.create_index("ix_training_held_on", "training", ["held_on"], unique=False)
    op.create_table(
        "training_firm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("invited_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("answer IN ('none', 'yes', 'no')", name=op.f("ck_training_firm_answer")),
        sa.CheckConstraint("people IS NULL OR people >= 0", name=op.f("ck_training_firm_people")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_training_firm_created_by_id_user")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_training_firm_firm_id_firm")),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_training_firm_training_id_training")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_firm")),
    )
    op.create_index("ix_training_firm_firm_id", "training_firm", ["firm_id"], unique=False)
    op.create_index("ix_training_firm_training_id", "training_firm", ["training_id", "firm_id"], unique=True)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("training_firm")
    op.drop_table("training")
