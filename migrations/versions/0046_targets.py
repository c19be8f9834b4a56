"""Targets of a year with their revisions, and the rights to see and to set them."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

RIGHTS = {
    "officer": {"targets.view"}, "office": {"targets.view", "targets.edit"},
    "manager": {"targets.view", "targets.edit"}, "town": {"targets.view"},
}  # fmt: skip
KINDS = "kind IN ('number', 'at_least', 'range')"


def upgrade() -> None:
    """Make the tables; a database in use gets the rights a new bureau begins with."""
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("figure_key", sa.String(length=200), nullable=False),
        sa.Column("whose", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_target_kind")),
        sa.CheckConstraint("low IS NOT NULL OR high IS NULL", name=op.f("ck_target_high_needs_low")),
        sa.CheckConstraint("area_id IS NULL OR officer_id IS NULL", name=op.f("ck_target_one_whose")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_target_area_id_area")),
        sa.ForeignKeyConstraint(["officer_id"], ["user.id"], name=op.f("fk_target_officer_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("year", "figure_key", "whose", name=op.f("uq_target_year_figure_key_whose")),
    )
    op.create_index("ix_target_whose", "target", ["whose", "year"], unique=False)
    op.create_table(
        "target_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("revised_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_target_revision_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_target_revision_person_id_user")),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_target_revision_target_id_target"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_revision")),
    )
    op.create_index("ix_target_revision_target_id", "target_revision", ["target_id", "revised_on"], unique=False)
    _give(lambda held, name: held | RIGHTS.get(name, set()))


def downgrade() -> None:
    """Take the tables and the rights away."""
    _give(lambda held, name: {right for right in held if not right.startswith("targets.")})
    op.drop_table("target_revision")
    op.drop_table("target")


def _give(rights: Callable[[set[str], str], set[str]]) -> None:
    bind = op.get_bind()
    role = sa.table("role", sa.column("name", sa.String), sa.column("permissions", sa.Text))
    for name, permissions in bind.execute(sa.select(role.c.name, role.c.permissions).order_by(role.c.name)).all():
        new = " ".join(sorted(rights(set(permissions.split()), name)))
        op.execute(sa.update(role).where(role.c.name == name).values(permissions=new))
