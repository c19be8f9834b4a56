"""Guards of the audit trail: the database itself refuses to change an entry, or to remove one before its time.

Half a year is the least the law asks (网络安全法, 第二十三条第三项); the setting for how long entries are kept starts
there.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'an audit entry never changes'); END""",
    """CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry WHEN old.at > datetime('now', '-180 days')
        BEGIN SELECT RAISE(ABORT, 'an audit entry is kept for 180 days at least'); END""",
    """CREATE TRIGGER audit_seal_unchanged BEFORE UPDATE ON audit_seal
        BEGIN SELECT RAISE(ABORT, 'an audit seal never changes'); END""",
    """CREATE TRIGGER audit_seal_kept BEFORE DELETE ON audit_seal
        BEGIN SELECT RAISE(ABORT, 'an audit seal is kept for ever'); END""",
)

POSTGRESQL = (
    """CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'audit entries and seals never change and are kept'; END $$""",
    """CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry
        FOR EACH ROW WHEN (old.at > (now() AT TIME ZONE 'UTC') - interval '180 days')
        EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_seal_kept BEFORE UPDATE OR DELETE ON audit_seal
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
)


def upgrade() -> None:
    """Make what the dialect needs."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Take the guards away."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("audit_entry_unchanged", "audit_entry_kept", "audit_seal_unchanged", "audit_seal_kept"):
            op.execute(f"DROP TRIGGER {name}")
        return
    op.execute("DROP FUNCTION audit_refuse() CASCADE")
