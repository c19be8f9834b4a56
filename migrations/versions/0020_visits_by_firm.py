"""Visits that count, by firm: counts by firm and the last day of each are read from the index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STANDS = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "ix_visit_counted",
        "visit",
        ["firm_id", "visit_on", "kind_id"],
        postgresql_where=STANDS,
        sqlite_where=STANDS,
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_visit_counted", "visit")
