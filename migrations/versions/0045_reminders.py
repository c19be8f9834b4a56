"""The ledger of reminders, the rules of reminders as a bureau set them, robots of groups."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

#: New rights, and the roles that hold them when a bureau begins.
RIGHTS = {
    "reminders.setup": ("office", "manager"),
    "reminders.trace": ("office", "manager", "sysadmin"),
}


def upgrade() -> None:
    """Make the tables; a database in use gets the rights a new bureau begins with."""
    _make_tables()
    bind = op.get_bind()
    role = sa.table("role", sa.column("name", sa.String), sa.column("permissions", sa.Text))
    for name, permissions in bind.execute(sa.select(role.c.name, role.c.permissions).order_by(role.c.name)).all():
        new = {right for right, roles in RIGHTS.items() if name in roles}
        rights = " ".join(sorted({*permissions.split(), *new}))
        op.execute(sa.update(role).where(role.c.name == name).values(permissions=rights))


def downgrade() -> None:
    """The ledger goes; what it told stays in the outbox."""
    for name in ("reminder_delivery", "robot_post", "robot", "reminder", "reminder_choice", "reminder_rule"):
        op.drop_table(name)


def _make_tables() -> None:
    op.create_table(
        "reminder_rule",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("stages", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("escalate_after", sa.Integer(), nullable=False),
        sa.CheckConstraint("unit IN ('d', 'wd')", name=op.f("ck_reminder_rule_unit")),
        sa.CheckConstraint("escalate_after BETWEEN 0 AND 60", name=op.f("ck_reminder_rule_escalate_after")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reminder_rule")),
    )
    op.create_table(
        "reminder_choice",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_reminder_choice_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "rule", name=op.f("pk_reminder_choice")),
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("record_table", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=60), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("went_up_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(recipient_id IS NULL) = (why = 'left')", name=op.f("ck_reminder_somebody_or_left")),
        sa.CheckConstraint("why IN ('', 'deputy', 'left')", name=op.f("ck_reminder_why")),
        sa.CheckConstraint("level > 0 OR person_id = about_id", name=op.f("ck_reminder_own_matter")),
        sa.CheckConstraint("level BETWEEN 0 AND 2", name=op.f("ck_reminder_level")),
        sa.CheckConstraint("read_at IS NULL OR recipient_id IS NOT NULL", name=op.f("ck_reminder_read_by_somebody")),
        sa.ForeignKeyConstraint(["about_id"], ["user.id"], name=op.f("fk_reminder_about_id_user")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_reminder_firm_id_firm")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_reminder_person_id_user")),
        sa.ForeignKeyConstraint(["recipient_id"], ["user.id"], name=op.f("fk_reminder_recipient_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "rule",
            "record_table",
            "record_id",
            "person_id",
            "period",
            name=op.f("uq_reminder_rule_record_table_record_id_person_id_period"),
        ),
    )
    op.create_index("ix_reminder_firm_id", "reminder", ["firm_id", "id"], unique=False)
    op.create_index("ix_reminder_open", "reminder", ["rule", "settled_on"], unique=False)
    op.create_index("ix_reminder_person_id", "reminder", ["person_id", "id"], unique=False)
    op.create_index("ix_reminder_raised_on", "reminder", ["raised_on", "id"], unique=False)
    op.create_index("ix_reminder_recipient_id", "reminder", ["recipient_id", "settled_on", "read_at"], unique=False)
    op.create_index("ix_reminder_record", "reminder", ["record_table", "record_id"], unique=False)
    op.create_table(
        "robot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('wecom', 'dingtalk', 'feishu')", name=op.f("ck_robot_kind")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_robot_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot")),
        sa.UniqueConstraint("name", name=op.f("uq_robot_name")),
    )
    op.create_table(
        "robot_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("robot_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=False),
        sa.Column("holder", sa.String(length=100), nullable=True),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("in_flight", sa.Boolean(), nullable=False),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_robot_post_sent_at")),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'sent', 'failed', 'skipped')", name=op.f("ck_robot_post_state")
        ),
        sa.ForeignKeyConstraint(
            ["robot_id"], ["robot.id"], name=op.f("fk_robot_post_robot_id_robot"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot_post")),
        sa.UniqueConstraint("key", name=op.f("uq_robot_post_key")),
    )
    op.create_index("ix_robot_post_robot_id", "robot_post", ["robot_id", "id"], unique=False)
    op.create_index("ix_robot_post_state", "robot_post", ["state", "next_at", "id"], unique=False)
    op.create_table(
        "reminder_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reminder_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("channel IN ('app', 'mail', 'robot')", name=op.f("ck_reminder_delivery_channel")),
        sa.CheckConstraint(
            "reason = '' OR reason IN ('settled', 'left', 'deputy', 'no_mailbox', 'channel_off', "
            "'quiet', 'paused', 'maybe_sent', 'nothing')",
            name=op.f("ck_reminder_delivery_reason"),
        ),
        sa.CheckConstraint("state <> 'skipped' OR reason <> ''", name=op.f("ck_reminder_delivery_skipped_says_why")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'skipped')", name=op.f("ck_reminder_delivery_state")),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["outbox.id"], name=op.f("fk_reminder_delivery_mail_id_outbox"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["robot_post.id"], name=op.f("fk_reminder_delivery_post_id_robot_post"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["reminder_id"], ["reminder.id"], name=op.f("fk_reminder_delivery_reminder_id_reminder"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_delivery")),
        sa.UniqueConstraint("reminder_id", "channel", name=op.f("uq_reminder_delivery_reminder_id_channel")),
    )
    op.create_index("ix_reminder_delivery_mail_id", "reminder_delivery", ["mail_id"], unique=False)
    op.create_index("ix_reminder_delivery_post_id", "reminder_delivery", ["post_id"], unique=False)
    op.create_index("ix_reminder_delivery_state", "reminder_delivery", ["state", "not_before", "id"], unique=False)
