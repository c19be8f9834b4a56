"""On which day the firm was first asked in the present round: links and calls count from it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("issue", sa.Column("asked_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("issue", "asked_on")
