"""Patents and the rights like them, with their owners."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = (
    "'', 'defence_invention', 'design', 'utility_model', 'software_copyright', 'ic_layout', 'plant_variety', "
    "'crop_variety', 'national_drug', 'protected_tcm', 'invention'"
)
STATUSES = "'granted', 'examination', 'lapsed', 'abandoned', 'rejected', 'withdrawn', 'invalidated', 'unknown'"


def upgrade() -> None:
    """Two new tables; rows that are there stay as they are."""
    op.create_table(
        "patent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("number_problem", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("fee_due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("status_text", sa.String(length=200), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_patent_kind")),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_patent_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patent")),
        sa.UniqueConstraint("number", name=op.f("uq_patent_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "patent_owner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patent_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("obtained", sa.String(length=40), nullable=False),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.Column("transferred_on", sa.Date(), nullable=True),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("obtained IN ('self', 'transferred')", name=op.f("ck_patent_owner_obtained")),
        sa.ForeignKeyConstraint(
            ["patent_id"], ["patent.id"], name=op.f("fk_patent_owner_patent_id_patent"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_patent_owner_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patent_owner")),
        sa.UniqueConstraint("patent_id", "position", name=op.f("uq_patent_owner_patent_id_position")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("patent_owner", schema=None) as batch_op:
        batch_op.create_index("ix_patent_owner_firm_id", ["firm_id"], unique=False)


def downgrade() -> None:
    """Take both tables away again."""
    op.drop_table("patent_owner")
    op.drop_table("patent")
