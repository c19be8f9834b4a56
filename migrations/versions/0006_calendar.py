"""The working calendar, and the right to keep it for the roles that keep the business tables."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RIGHT = "calendar.edit"
ROLES = ("office", "manager", "sysadmin")


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("work", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    with op.batch_alter_table("calendar_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_day_year"), ["year"], unique=False)
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("loaded_at", sa.DateTime(), nullable=False),
        sa.Column("loaded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["loaded_by_id"], ["user.id"], name=op.f("fk_calendar_year_loaded_by_id_user")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    role = sa.table("role", sa.column("name", sa.String), sa.column("permissions", sa.Text))
    held = sa.select(role.c.name, role.c.permissions).where(role.c.name.in_(ROLES))
    for name, permissions in op.get_bind().execute(held).all():
        rights = " ".join(sorted({*permissions.split(), RIGHT}))
        op.execute(sa.update(role).where(role.c.name == name).values(permissions=rights))


def downgrade() -> None:
    op.drop_table("calendar_year")
    op.drop_table("calendar_day")
