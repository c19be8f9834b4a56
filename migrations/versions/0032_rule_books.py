"""Versions of the rules that an administrator adds, with their right; the versions something was judged under."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

RIGHT, ROLES = "books.edit", ("office", "manager")
IN_FORCE = sa.text("state = 'effective'")


def upgrade() -> None:
    """Make the table; a database in use gets the right a new bureau begins with."""
    op.create_table(
        "rule_book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regime", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("based_on", sa.String(length=64), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("put_by_id", sa.Integer(), nullable=True),
        sa.Column("put_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "regime IN ('tech_sme', 'innovative_sme', 'srdi_sme', 'little_giant', 'hnte')",
            name=op.f("ck_rule_book_regime"),
        ),
        sa.CheckConstraint("state <> 'withdrawn' OR ended_why <> ''", name=op.f("ck_rule_book_withdrawn_says_why")),
        sa.CheckConstraint("state = 'draft' OR put_at IS NOT NULL", name=op.f("ck_rule_book_put_in_force_by_somebody")),
        sa.CheckConstraint("state IN ('draft', 'effective', 'withdrawn')", name=op.f("ck_rule_book_state")),
        sa.CheckConstraint(
            "effective_to IS NULL OR effective_from <= effective_to", name=op.f("ck_rule_book_begins_before_it_ends")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user.id"], name=op.f("fk_rule_book_ended_by_id_user")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_rule_book_made_by_id_user")),
        sa.ForeignKeyConstraint(["put_by_id"], ["user.id"], name=op.f("fk_rule_book_put_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_book")),
        sa.UniqueConstraint("version", name=op.f("uq_rule_book_version")),
    )
    with op.batch_alter_table("rule_book", schema=None) as batch_op:
        batch_op.create_index(
            "ix_rule_book_one_a_day", ["regime", "effective_from"], unique=True, sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        )  # fmt: skip
    with op.batch_alter_table("firm_judgement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rule_versions", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("firm_judgement", schema=None) as batch_op:
        batch_op.alter_column("rule_versions", server_default=None)
    _give(lambda held, name: held | {RIGHT} if name in ROLES else held)


def downgrade() -> None:
    """Take them away; the shipped versions hold."""
    _give(lambda held, name: held - {RIGHT})
    with op.batch_alter_table("firm_judgement", schema=None) as batch_op:
        batch_op.drop_column("rule_versions")
    op.drop_table("rule_book")


def _give(rights: Callable[[set[str], str], set[str]]) -> None:
    bind = op.get_bind()
    role = sa.table("role", sa.column("name", sa.String), sa.column("permissions", sa.Text))
    for name, permissions in bind.execute(sa.select(role.c.name, role.c.permissions).order_by(role.c.name)).all():
        new = " ".join(sorted(rights(set(permissions.split()), name)))
        op.execute(sa.update(role).where(role.c.name == name).values(permissions=new))
