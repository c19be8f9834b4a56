"""What firms are asked to give themselves: requests, their figures, what happened to them."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and name the request in a figure that came by one."""
    op.create_table(
        "firm_input",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("how", sa.String(length=40), nullable=True),
        sa.Column("confirmed", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('adopted', 'void')) = (ended_on IS NOT NULL)", name=op.f("ck_firm_input_ended_on")
        ),
        sa.CheckConstraint("how IS NULL OR how IN ('link', 'phone')", name=op.f("ck_firm_input_how")),
        sa.CheckConstraint(
            "state IN ('asked', 'sent', 'filling', 'submitted', 'returned', 'adopted', 'void')",
            name=op.f("ck_firm_input_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('submitted', 'adopted') OR submitted_on IS NOT NULL", name=op.f("ck_firm_input_submitted_on")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_firm_input_asked_by_id_user")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_firm_input_contact_id_contact"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_input_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_input")),
    )
    op.create_index("ix_firm_input_firm_id", "firm_input", ["firm_id", "id"], unique=False)
    op.create_index("ix_firm_input_state", "firm_input", ["state", "due_on", "id"], unique=False)
    op.create_table(
        "firm_input_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("input_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("written", sa.String(length=200), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column("unclear", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('accepted', 'refused')", name=op.f("ck_firm_input_figure_decision")
        ),
        sa.CheckConstraint("value IS NULL OR NOT unclear", name=op.f("ck_firm_input_figure_one_answer")),
        sa.ForeignKeyConstraint(
            ["input_id"], ["firm_input.id"], name=op.f("fk_firm_input_figure_input_id_firm_input"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_input_figure")),
        sa.UniqueConstraint("input_id", "key", "year", name=op.f("uq_firm_input_figure_input_id_key_year")),
    )
    op.create_table(
        "firm_input_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("input_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_firm_input_move_by_id_user")),
        sa.ForeignKeyConstraint(
            ["input_id"], ["firm_input.id"], name=op.f("fk_firm_input_move_input_id_firm_input"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_input_move")),
    )
    op.create_index("ix_firm_input_move_input_id", "firm_input_move", ["input_id", "id"], unique=False)
    with op.batch_alter_table("firm_figure", schema=None) as batch_op:
        batch_op.add_column(sa.Column("firm_input_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_firm_figure_firm_input_id_firm_input"), "firm_input", ["firm_input_id"], ["id"]
        )


def downgrade() -> None:
    """Take them away; what was adopted stays."""
    with op.batch_alter_table("firm_figure", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_firm_figure_firm_input_id_firm_input"), type_="foreignkey")
        batch_op.drop_column("firm_input_id")
    op.drop_table("firm_input_move")
    op.drop_table("firm_input_figure")
    op.drop_table("firm_input")
