"""Standing contacts of officers, their kinds and touches."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

#: What a bureau begins with: key, name, what it names.
KINDS = (
    ("town", "镇街", "area"),
    ("project", "项目", "free"),
    ("firm", "企业", "firm"),
    ("institute", "院所", "free"),
    ("talent", "人才", "free"),
)


def upgrade() -> None:
    """Make the tables; a database in use gets the kinds a new bureau begins with."""
    op.create_table(
        "contact_scheme_kind",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("each", sa.Integer(), nullable=False),
        sa.Column("interval_days", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("subject IN ('firm', 'area', 'free')", name=op.f("ck_contact_scheme_kind_subject")),
        sa.CheckConstraint("each >= 0", name=op.f("ck_contact_scheme_kind_each")),
        sa.CheckConstraint("interval_days > 0", name=op.f("ck_contact_scheme_kind_interval")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_scheme_kind")),
        sa.UniqueConstraint("key", name=op.f("uq_contact_scheme_kind_key")),
        sa.UniqueConstraint("name", name=op.f("uq_contact_scheme_kind_name")),
    )
    op.create_table(
        "scheme_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.String(length=200), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "firm_id IS NOT NULL OR area_id IS NOT NULL OR name <> ''", name=op.f("ck_scheme_contact_names_somebody")
        ),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_scheme_contact_from_before_to")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_scheme_contact_area_id_area")),
        sa.ForeignKeyConstraint(
            ["before_id"], ["scheme_contact.id"], name=op.f("fk_scheme_contact_before_id_scheme_contact")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_scheme_contact_created_by_id_user")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_scheme_contact_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["contact_scheme_kind.id"], name=op.f("fk_scheme_contact_kind_id_contact_scheme_kind")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["user.id"], name=op.f("fk_scheme_contact_officer_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_contact")),
    )
    with op.batch_alter_table("scheme_contact", schema=None) as batch_op:
        batch_op.create_index("ix_scheme_contact_before_id", ["before_id"], unique=False)
        batch_op.create_index("ix_scheme_contact_firm_id", ["firm_id"], unique=False)
        batch_op.create_index("ix_scheme_contact_officer_id", ["officer_id", "kind_id"], unique=False)

    op.create_table(
        "scheme_touch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("touched_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["scheme_contact.id"], name=op.f("fk_scheme_touch_contact_id_scheme_contact")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_scheme_touch_created_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_touch")),
    )
    with op.batch_alter_table("scheme_touch", schema=None) as batch_op:
        batch_op.create_index("ix_scheme_touch_contact_id", ["contact_id", "touched_on"], unique=False)

    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT 1 FROM role LIMIT 1")):
        names = ("key", "name", "subject", "each", "interval_days", "position", "active")
        kind = sa.table("contact_scheme_kind", *(sa.column(name) for name in names))
        rows = [(*row, 1, 90, place, True) for place, row in enumerate(KINDS)]
        connection.execute(sa.insert(kind), [dict(zip(names, row, strict=True)) for row in rows])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("scheme_touch")
    op.drop_table("scheme_contact")
    op.drop_table("contact_scheme_kind")
