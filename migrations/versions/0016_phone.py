"""Phones registered by their owners, and which session runs on one."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the column that names a session's phone."""
    op.create_table(
        "phone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("registered_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_phone_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_phone_token_hash")),
    )
    op.create_index("ix_phone_user_id", "phone", ["user_id"])
    with op.batch_alter_table("user_session") as table:
        table.add_column(sa.Column("phone_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_user_session_phone_id_phone"), "phone", ["phone_id"], ["id"], ondelete="SET NULL"
        )
        table.create_index("ix_user_session_phone_id", ["phone_id"])


def downgrade() -> None:
    """Take both away."""
    with op.batch_alter_table("user_session") as table:
        table.drop_index("ix_user_session_phone_id")
        table.drop_constraint(op.f("fk_user_session_phone_id_phone"), type_="foreignkey")
        table.drop_column("phone_id")
    op.drop_table("phone")
