"""Days that figures of issues compare: of signing for one, and until when the same topic coming back is told."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody has signed for or struck off an issue before this step."""
    op.add_column("issue_assignment", sa.Column("signed_on", sa.Date(), nullable=True))
    op.add_column("issue_closing", sa.Column("watched_until", sa.Date(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("issue_closing", "watched_until")
    op.drop_column("issue_assignment", "signed_on")
