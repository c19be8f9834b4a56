"""Workbooks handed down, and what their cells are tied to."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "city_book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_city_book_created_by_id_user")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_city_book_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_book")),
    )
    op.create_table(
        "city_book_tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=200), nullable=False),
        sa.Column("cell", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("figure_key", sa.String(length=200), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("room", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('figure', 'list')", name=op.f("ck_city_book_tie_kind")),
        sa.CheckConstraint("period IN ('day', 'month', 'year', 'last_year')", name=op.f("ck_city_book_tie_period")),
        sa.CheckConstraint("(kind = 'list') = (room IS NOT NULL)", name=op.f("ck_city_book_tie_list_has_room")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_city_book_tie_area_id_area")),
        sa.ForeignKeyConstraint(
            ["book_id"], ["city_book.id"], name=op.f("fk_city_book_tie_book_id_city_book"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_book_tie")),
        sa.UniqueConstraint("book_id", "sheet", "cell", name=op.f("uq_city_book_tie_book_id_sheet_cell")),
    )
    op.create_index("ix_city_book_tie_area_id", "city_book_tie", ["area_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("city_book_tie")
    op.drop_table("city_book")
