"""A registration status that a register gave has a dated entry too; it goes when that import is undone."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO firm_status (firm_id, status, from_on, to_on, reason, source, import_row_id)
SELECT firm.id, firm.status, NULL, NULL, '', '企业登记',
       COALESCE((SELECT max(change.source_id) FROM change
                 WHERE change.table_name = 'firm' AND change.row_id = firm.id AND change.field = 'status'
                   AND change.source = 'import' AND change.new = firm.status), firm.import_row_id)
FROM firm
WHERE firm.status <> 'active' AND firm.merged_into_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM firm_status WHERE firm_status.firm_id = firm.id)
"""


def upgrade() -> None:
    """Give every firm that is gone the entry that says so; since when nobody knows."""
    op.execute(FILL)


def downgrade() -> None:
    """The entries are true of the firms before this step too and stay."""
