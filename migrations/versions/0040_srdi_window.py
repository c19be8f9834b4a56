"""The line of the table of duties that says when applications for 专精特新 are expected; it is no duty of anybody."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

KEY = "srdi_filing"
ROW = {
    "key": KEY, "name": "专精特新中小企业申报", "kind": "yearly", "types": "innovative_sme tech_sme", "opens": "04-01",
    "closes": "06-30", "months": 0, "who": "firm", "shift": "none", "with_pending": False, "advisory": True,
    "unless": "srdi_sme", "basis": "工信部企业〔2026〕2号 附件1", "confidence": "M",
    "note": "预计窗口，以省级通知为准；到期预警按它推算", "position": 100, "active": False,
}  # fmt: skip


def upgrade() -> None:
    """Add the line to a database in use; a new one begins with it."""
    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT 1 FROM duty_rule LIMIT 1")):
        boolean = {"with_pending", "advisory", "active"}
        table = sa.table("duty_rule", *(sa.column(name, sa.Boolean() if name in boolean else None) for name in ROW))
        connection.execute(sa.insert(table), [ROW])


def downgrade() -> None:
    """Take it away, with the dates that notices gave."""
    op.execute("DELETE FROM duty_window WHERE rule_id IN (SELECT id FROM duty_rule WHERE key = 'srdi_filing')")
    op.execute("DELETE FROM duty_rule WHERE key = 'srdi_filing'")
