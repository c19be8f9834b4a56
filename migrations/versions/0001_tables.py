"""Every table of the first release; made from the models, which a test compares with it."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tree", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("tree IN ('area', 'park')", name=op.f("ck_area_tree")),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", name=op.f("uq_area_code")),
    )
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.create_index("ix_area_sort_key", ["tree", "sort_key", "id"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_at", ["at", "id"], unique=False)
        batch_op.create_index("ix_audit_entry_person_id", ["person_id", "id"], unique=False)

    op.create_table(
        "audit_seal",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index("ix_change_firm_id", ["firm_id", "id"], unique=False)
        batch_op.create_index("ix_change_row", ["table_name", "row_id"], unique=False)

    op.create_table(
        "job_override",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_override")),
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
    )
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.create_index("ix_job_run_job", ["job", "started_at"], unique=False)

    op.create_table(
        "pool_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("makes_potential", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_type")),
        sa.UniqueConstraint("key", name=op.f("uq_pool_type_key")),
        sa.UniqueConstraint("name", name=op.f("uq_pool_type_name")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("permissions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "standing_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_change")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("name", name=op.f("uq_tag_name")),
    )
    op.create_table(
        "title_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=200), nullable=False),
        sa.Column("rung", sa.String(length=40), nullable=True),
        sa.Column("level", sa.String(length=200), nullable=False),
        sa.Column("validity", sa.String(length=40), nullable=False),
        sa.Column("renewal_window", sa.String(length=40), nullable=False),
        sa.Column("owner_department", sa.String(length=200), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "rung IS NULL OR rung IN ('potential', 'tech_sme', 'srdi', 'hnte')", name=op.f("ck_title_type_rung")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_type")),
        sa.UniqueConstraint("key", name=op.f("uq_title_type_key")),
        sa.UniqueConstraint("name", name=op.f("uq_title_type_name")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("mobile", sa.String(length=20), nullable=True),
        sa.Column("staff_number", sa.String(length=40), nullable=True),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(), nullable=True),
        sa.Column("password_history", sa.Text(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(), nullable=True),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("tf_last_counter", sa.Integer(), nullable=True),
        sa.Column("tf_phone_number", sa.String(length=64), nullable=True),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("proposed_roles", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
        sa.UniqueConstraint("mobile", name=op.f("uq_user_mobile")),
        sa.UniqueConstraint("staff_number", name=op.f("uq_user_staff_number")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index("ix_user_sort_key", ["sort_key", "id"], unique=False)

    op.create_table(
        "worker_lease",
        sa.Column("duty", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=100), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("duty", name=op.f("pk_worker_lease")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("deputy_id <> user_id", name=op.f("ck_absence_deputy_is_another")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_absence_from_before_to")),
        sa.ForeignKeyConstraint(["deputy_id"], ["user.id"], name=op.f("fk_absence_deputy_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_absence_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_user_id"), ["user_id"], unique=False)

    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["type_id"], ["title_type.id"], name=op.f("fk_batch_type_id_title_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_type_id"), ["type_id"], unique=False)

    op.create_table(
        "firm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("code_kind", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("unverified", sa.Boolean(), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("industry_code", sa.String(length=40), nullable=True),
        sa.Column("capital", sa.BigInteger(), nullable=True),
        sa.Column("capital_currency", sa.String(length=3), nullable=True),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("care_level", sa.String(length=40), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("park_id", sa.Integer(), nullable=True),
        sa.Column("officer_a_id", sa.Integer(), nullable=True),
        sa.Column("officer_b_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "care_level IS NULL OR care_level IN ('A', 'B', 'C', 'reserve')", name=op.f("ck_firm_care_level")
        ),
        sa.CheckConstraint("status IN ('active', 'moved_out', 'deregistered', 'revoked')", name=op.f("ck_firm_status")),
        sa.CheckConstraint("(code IS NULL) = (code_kind IS NULL)", name=op.f("ck_firm_code_has_a_kind")),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_firm_not_merged_into_itself")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_firm_area_id_area")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["firm.id"], name=op.f("fk_firm_merged_into_id_firm")),
        sa.ForeignKeyConstraint(["officer_a_id"], ["user.id"], name=op.f("fk_firm_officer_a_id_user")),
        sa.ForeignKeyConstraint(["officer_b_id"], ["user.id"], name=op.f("fk_firm_officer_b_id_user")),
        sa.ForeignKeyConstraint(["park_id"], ["area.id"], name=op.f("fk_firm_park_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm")),
        sa.UniqueConstraint("code", name=op.f("uq_firm_code")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("firm", schema=None) as batch_op:
        batch_op.create_index("ix_firm_area_id", ["area_id", "sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_firm_industry_code"), ["industry_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_firm_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_firm_officer_a_id"), ["officer_a_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_firm_officer_b_id"), ["officer_b_id"], unique=False)
        batch_op.create_index("ix_firm_park_id", ["park_id", "sort_key", "id"], unique=False)
        batch_op.create_index("ix_firm_sort_key", ["sort_key", "id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_recovery_code_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_user_id"), ["user_id"], unique=False)

    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_view_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index("ix_saved_view_page", ["page", "user_id"], unique=False)

    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("owner_table", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_stored_file_created_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index("ix_stored_file_sha256", ["sha256"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=100), nullable=True),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_task_state")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_task_person_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_state", ["state", "id"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("head_id", sa.Integer(), nullable=True),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("mailbox", sa.String(length=255), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('section', 'department', 'town', 'park')", name=op.f("ck_unit_kind")),
        sa.ForeignKeyConstraint(["deputy_id"], ["user.id"], name=op.f("fk_unit_deputy_id_user")),
        sa.ForeignKeyConstraint(["head_id"], ["user.id"], name=op.f("fk_unit_head_id_user")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    op.create_table(
        "user_area",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_user_area_area_id_area")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_area_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "area_id", name=op.f("pk_user_area")),
    )
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_user_role_role_id_role")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_role_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_user_role")),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_user_session_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_tail", sa.String(length=4), nullable=True),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_contact_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_firm_id", ["firm_id"], unique=False)
        batch_op.create_index("ix_contact_keep_until", ["keep_until", "id"], unique=False)
        batch_op.create_index("ix_contact_phone_tail", ["phone_tail"], unique=False)

    op.create_table(
        "firm_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_on", sa.Date(), nullable=True),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user.id"], name=op.f("fk_firm_figure_entered_by_id_user")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_figure_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_figure")),
        sa.UniqueConstraint("firm_id", "key", "year", "source", name=op.f("uq_firm_figure_firm_id_key_year_source")),
    )
    with op.batch_alter_table("firm_figure", schema=None) as batch_op:
        batch_op.create_index("ix_firm_figure_firm_id", ["firm_id", "year"], unique=False)

    op.create_table(
        "firm_flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("flag", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("flag IN ('abnormal', 'dishonest')", name=op.f("ck_firm_flag_flag")),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_firm_flag_from_before_to")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_flag_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_flag")),
    )
    with op.batch_alter_table("firm_flag", schema=None) as batch_op:
        batch_op.create_index("ix_firm_flag_firm_id", ["firm_id"], unique=False)

    op.create_table(
        "firm_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Text(), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("kept_id <> gone_id", name=op.f("ck_firm_merge_two_firms")),
        sa.ForeignKeyConstraint(["gone_id"], ["firm.id"], name=op.f("fk_firm_merge_gone_id_firm")),
        sa.ForeignKeyConstraint(["kept_id"], ["firm.id"], name=op.f("fk_firm_merge_kept_id_firm")),
        sa.ForeignKeyConstraint(["merged_by_id"], ["user.id"], name=op.f("fk_firm_merge_merged_by_id_user")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user.id"], name=op.f("fk_firm_merge_undone_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_merge")),
    )
    with op.batch_alter_table("firm_merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_firm_merge_gone_id"), ["gone_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_firm_merge_kept_id"), ["kept_id"], unique=False)

    op.create_table(
        "firm_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("match_key", sa.String(length=200), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('registered', 'alias')", name=op.f("ck_firm_name_kind")),
        sa.CheckConstraint(
            "to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name=op.f("ck_firm_name_from_before_to")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_name_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_name")),
    )
    with op.batch_alter_table("firm_name", schema=None) as batch_op:
        batch_op.create_index("ix_firm_name_firm_id", ["firm_id"], unique=False)
        batch_op.create_index("ix_firm_name_match_key", ["match_key"], unique=False)

    op.create_table(
        "firm_officer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("position IN ('A', 'B')", name=op.f("ck_firm_officer_position")),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_firm_officer_from_before_to")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_officer_firm_id_firm")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_firm_officer_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_officer")),
    )
    with op.batch_alter_table("firm_officer", schema=None) as batch_op:
        batch_op.create_index("ix_firm_officer_firm_id", ["firm_id"], unique=False)
        batch_op.create_index("ix_firm_officer_user_id", ["user_id"], unique=False)

    op.create_table(
        "firm_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("tree", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("source IN ('address', 'list', 'person')", name=op.f("ck_firm_place_source")),
        sa.CheckConstraint("tree IN ('area', 'park')", name=op.f("ck_firm_place_tree")),
        sa.CheckConstraint(
            "to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name=op.f("ck_firm_place_from_before_to")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_firm_place_area_id_area")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_place_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_place")),
    )
    with op.batch_alter_table("firm_place", schema=None) as batch_op:
        batch_op.create_index("ix_firm_place_area_id", ["area_id"], unique=False)
        batch_op.create_index("ix_firm_place_firm_id", ["firm_id", "tree"], unique=False)

    op.create_table(
        "firm_search",
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_search_firm_id_firm"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_firm_search")),
    )
    op.create_table(
        "firm_status",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('active', 'moved_out', 'deregistered', 'revoked')", name=op.f("ck_firm_status_status")
        ),
        sa.CheckConstraint(
            "to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name=op.f("ck_firm_status_from_before_to")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_status_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_status")),
    )
    with op.batch_alter_table("firm_status", schema=None) as batch_op:
        batch_op.create_index("ix_firm_status_firm_id", ["firm_id"], unique=False)

    op.create_table(
        "firm_tag",
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_tag_firm_id_firm")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_firm_tag_tag_id_tag")),
        sa.PrimaryKeyConstraint("firm_id", "tag_id", name=op.f("pk_firm_tag")),
    )
    with op.batch_alter_table("firm_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_firm_tag_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("sheets", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("applied_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('reading', 'planned', 'applying', 'applied', 'refused', 'failed', 'undone')",
            name=op.f("ck_import_run_state"),
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_import_run_file_id_stored_file")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_import_run_person_id_user")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_import_run_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_run_sha256"), ["sha256"], unique=False)

    op.create_table(
        "match_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_key", sa.String(length=200), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_match_decision_decided_by_id_user")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_match_decision_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_decision")),
        sa.UniqueConstraint("match_key", name=op.f("uq_match_decision_match_key")),
    )
    with op.batch_alter_table("match_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_decision_firm_id"), ["firm_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_membership_from_before_to")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_membership_unit_id_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index("ix_membership_unit_id", ["unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)

    op.create_table(
        "pool_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("plan_year", sa.Integer(), nullable=True),
        sa.Column("target_type_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("exit_reason", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_pool_member_from_before_to")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_pool_member_firm_id_firm")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_pool_member_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["target_type_id"], ["title_type.id"], name=op.f("fk_pool_member_target_type_id_title_type")
        ),
        sa.ForeignKeyConstraint(["type_id"], ["pool_type.id"], name=op.f("fk_pool_member_type_id_pool_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_member")),
    )
    with op.batch_alter_table("pool_member", schema=None) as batch_op:
        batch_op.create_index("ix_pool_member_firm_id", ["firm_id"], unique=False)
        batch_op.create_index("ix_pool_member_type_id", ["type_id", "from_on", "to_on"], unique=False)

    op.create_table(
        "standing",
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("rung", sa.String(length=40), nullable=False),
        sa.Column("rung_with_pending", sa.String(length=40), nullable=False),
        sa.Column("held_from", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_standing_firm_id_firm"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("firm_id", "from_on", name=op.f("pk_standing")),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index("ix_standing_rung", ["rung", "to_on", "firm_id", "from_on"], unique=False)
        batch_op.create_index(
            "ix_standing_rung_with_pending", ["rung_with_pending", "from_on", "to_on", "firm_id"], unique=False
        )

    op.create_table(
        "standing_title",
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firm.id"], name=op.f("fk_standing_title_firm_id_firm"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["type_id"], ["title_type.id"], name=op.f("fk_standing_title_type_id_title_type")),
        sa.PrimaryKeyConstraint("firm_id", "type_id", "state", "from_on", name=op.f("pk_standing_title")),
    )
    with op.batch_alter_table("standing_title", schema=None) as batch_op:
        batch_op.create_index("ix_standing_title_type_id", ["type_id", "state", "from_on", "to_on"], unique=False)

    op.create_table(
        "title",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("batch", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_precision", sa.String(length=40), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_reason", sa.String(length=200), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("ends_on >= issued_on", name=op.f("ck_title_ends_after_issue")),
        sa.CheckConstraint("revoked_on IS NULL OR revoked_on >= issued_on", name=op.f("ck_title_revoked_after_issue")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user.id"], name=op.f("fk_title_confirmed_by_id_user")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_title_firm_id_firm")),
        sa.ForeignKeyConstraint(["type_id"], ["title_type.id"], name=op.f("fk_title_type_id_title_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("title", schema=None) as batch_op:
        batch_op.create_index("ix_title_firm_id", ["firm_id"], unique=False)
        batch_op.create_index("ix_title_number", ["number"], unique=False)
        batch_op.create_index("ix_title_type_id", ["type_id", "issued_on", "ends_on"], unique=False)

    op.create_table(
        "title_lapse",
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_title_lapse_firm_id_firm"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["type_id"], ["title_type.id"], name=op.f("fk_title_lapse_type_id_title_type")),
        sa.PrimaryKeyConstraint("firm_id", "type_id", "last_on", name=op.f("pk_title_lapse")),
    )
    with op.batch_alter_table("title_lapse", schema=None) as batch_op:
        batch_op.create_index("ix_title_lapse_type_id", ["type_id", "last_on"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("visit_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_visit_created_by_id_user")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_visit_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("ix_visit_firm_id", ["firm_id", "visit_on"], unique=False)
        batch_op.create_index("ix_visit_visit_on", ["visit_on", "id"], unique=False)

    op.create_table(
        "import_problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=200), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import_run.id"], name=op.f("fk_import_problem_import_id_import_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_problem")),
    )
    with op.batch_alter_table("import_problem", schema=None) as batch_op:
        batch_op.create_index("ix_import_problem_import_id", ["import_id", "sheet", "row"], unique=False)

    op.create_table(
        "import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=200), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("effect", sa.String(length=40), nullable=False),
        sa.Column("how", sa.String(length=40), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=64), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "effect IN ('created', 'updated', 'unchanged', 'held', 'rejected', 'skipped')",
            name=op.f("ck_import_row_effect"),
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_import_row_decided_by_id_user")),
        sa.ForeignKeyConstraint(["import_id"], ["import_run.id"], name=op.f("fk_import_row_import_id_import_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
        sa.UniqueConstraint("import_id", "sheet", "row", name=op.f("uq_import_row_import_id_sheet_row")),
    )
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.create_index("ix_import_row_effect", ["import_id", "effect"], unique=False)
        batch_op.create_index("ix_import_row_firm_id", ["firm_id"], unique=False)

    op.create_table(
        "title_issue",
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_title_issue_firm_id_firm"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f("fk_title_issue_title_id_title"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["type_id"], ["title_type.id"], name=op.f("fk_title_issue_type_id_title_type")),
        sa.PrimaryKeyConstraint("title_id", name=op.f("pk_title_issue")),
    )
    with op.batch_alter_table("title_issue", schema=None) as batch_op:
        batch_op.create_index("ix_title_issue_firm_id", ["firm_id"], unique=False)
        batch_op.create_index("ix_title_issue_type_id", ["type_id", "issued_on"], unique=False)

    op.create_table(
        "visit_officer",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_visit_officer_user_id_user")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_officer_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", "user_id", name=op.f("pk_visit_officer")),
    )
    with op.batch_alter_table("visit_officer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_officer_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("visit_officer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_officer_user_id"))

    op.drop_table("visit_officer")
    with op.batch_alter_table("title_issue", schema=None) as batch_op:
        batch_op.drop_index("ix_title_issue_type_id")
        batch_op.drop_index("ix_title_issue_firm_id")

    op.drop_table("title_issue")
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.drop_index("ix_import_row_firm_id")
        batch_op.drop_index("ix_import_row_effect")

    op.drop_table("import_row")
    with op.batch_alter_table("import_problem", schema=None) as batch_op:
        batch_op.drop_index("ix_import_problem_import_id")

    op.drop_table("import_problem")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_visit_on")
        batch_op.drop_index("ix_visit_firm_id")

    op.drop_table("visit")
    with op.batch_alter_table("title_lapse", schema=None) as batch_op:
        batch_op.drop_index("ix_title_lapse_type_id")

    op.drop_table("title_lapse")
    with op.batch_alter_table("title", schema=None) as batch_op:
        batch_op.drop_index("ix_title_type_id")
        batch_op.drop_index("ix_title_number")
        batch_op.drop_index("ix_title_firm_id")

    op.drop_table("title")
    with op.batch_alter_table("standing_title", schema=None) as batch_op:
        batch_op.drop_index("ix_standing_title_type_id")

    op.drop_table("standing_title")
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index("ix_standing_rung_with_pending")
        batch_op.drop_index("ix_standing_rung")

    op.drop_table("standing")
    with op.batch_alter_table("pool_member", schema=None) as batch_op:
        batch_op.drop_index("ix_pool_member_type_id")
        batch_op.drop_index("ix_pool_member_firm_id")

    op.drop_table("pool_member")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_user_id"))
        batch_op.drop_index("ix_membership_unit_id")

    op.drop_table("membership")
    with op.batch_alter_table("match_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_match_decision_firm_id"))

    op.drop_table("match_decision")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_run_sha256"))

    op.drop_table("import_run")
    with op.batch_alter_table("firm_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_firm_tag_tag_id"))

    op.drop_table("firm_tag")
    with op.batch_alter_table("firm_status", schema=None) as batch_op:
        batch_op.drop_index("ix_firm_status_firm_id")

    op.drop_table("firm_status")
    op.drop_table("firm_search")
    with op.batch_alter_table("firm_place", schema=None) as batch_op:
        batch_op.drop_index("ix_firm_place_firm_id")
        batch_op.drop_index("ix_firm_place_area_id")

    op.drop_table("firm_place")
    with op.batch_alter_table("firm_officer", schema=None) as batch_op:
        batch_op.drop_index("ix_firm_officer_user_id")
        batch_op.drop_index("ix_firm_officer_firm_id")

    op.drop_table("firm_officer")
    with op.batch_alter_table("firm_name", schema=None) as batch_op:
        batch_op.drop_index("ix_firm_name_match_key")
        batch_op.drop_index("ix_firm_name_firm_id")

    op.drop_table("firm_name")
    with op.batch_alter_table("firm_merge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_firm_merge_kept_id"))
        batch_op.drop_index(batch_op.f("ix_firm_merge_gone_id"))

    op.drop_table("firm_merge")
    with op.batch_alter_table("firm_flag", schema=None) as batch_op:
        batch_op.drop_index("ix_firm_flag_firm_id")

    op.drop_table("firm_flag")
    with op.batch_alter_table("firm_figure", schema=None) as batch_op:
        batch_op.drop_index("ix_firm_figure_firm_id")

    op.drop_table("firm_figure")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_phone_tail")
        batch_op.drop_index("ix_contact_keep_until")
        batch_op.drop_index("ix_contact_firm_id")

    op.drop_table("contact")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))

    op.drop_table("user_session")
    op.drop_table("user_role")
    op.drop_table("user_area")
    op.drop_table("unit")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_state")

    op.drop_table("task")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index("ix_stored_file_sha256")

    op.drop_table("stored_file")
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.drop_index("ix_saved_view_page")

    op.drop_table("saved_view")
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_user_id"))

    op.drop_table("recovery_code")
    with op.batch_alter_table("firm", schema=None) as batch_op:
        batch_op.drop_index("ix_firm_sort_key")
        batch_op.drop_index("ix_firm_park_id")
        batch_op.drop_index(batch_op.f("ix_firm_officer_b_id"))
        batch_op.drop_index(batch_op.f("ix_firm_officer_a_id"))
        batch_op.drop_index(batch_op.f("ix_firm_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_firm_industry_code"))
        batch_op.drop_index("ix_firm_area_id")

    op.drop_table("firm")
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_type_id"))

    op.drop_table("batch")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_user_id"))

    op.drop_table("absence")
    op.drop_table("worker_lease")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index("ix_user_sort_key")

    op.drop_table("user")
    op.drop_table("title_type")
    op.drop_table("tag")
    op.drop_table("standing_change")
    op.drop_table("setting")
    op.drop_table("role")
    op.drop_table("pool_type")
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.drop_index("ix_job_run_job")

    op.drop_table("job_run")
    op.drop_table("job_override")
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_index("ix_change_row")
        batch_op.drop_index("ix_change_firm_id")

    op.drop_table("change")
    op.drop_table("audit_seal")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_person_id")
        batch_op.drop_index("ix_audit_entry_at")

    op.drop_table("audit_entry")
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.drop_index("ix_area_sort_key")

    op.drop_table("area")
