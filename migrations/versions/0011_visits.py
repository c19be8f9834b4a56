"""Visits as a record of their own kind: what was heard and answered, who came along, demands, promises, photos,
receipts; kinds, services and campaigns are rows. Visits there already are 走访, each with an identifier made here."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, then what visits gain."""
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("quota_unit", sa.String(length=40), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("departments", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("quota_unit IN ('firms', 'visits')", name=op.f("ck_campaign_quota_unit")),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_campaign_from_before_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("key", name=op.f("uq_campaign_key")),
        sa.UniqueConstraint("name", name=op.f("uq_campaign_name")),
    )
    op.create_table(
        "service",
        sa.Column("as_purpose", sa.Boolean(), nullable=False),
        sa.Column("as_service", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("key", name=op.f("uq_service_key")),
        sa.UniqueConstraint("name", name=op.f("uq_service_name")),
    )
    op.create_table(
        "visit_kind",
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_kind")),
        sa.UniqueConstraint("key", name=op.f("uq_visit_kind_key")),
        sa.UniqueConstraint("name", name=op.f("uq_visit_kind_name")),
    )
    op.create_table(
        "campaign_area",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_campaign_area_area_id_area")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_area_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "area_id", name=op.f("pk_campaign_area")),
    )
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_how", sa.Text(), nullable=False),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("dropped_on", sa.Date(), nullable=True),
        sa.Column("dropped_reason", sa.Text(), nullable=False),
        sa.Column("dropped_by_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("(done_on IS NULL) = (done_how = '')", name=op.f("ck_promise_done_says_how")),
        sa.CheckConstraint("(dropped_on IS NULL) = (dropped_reason = '')", name=op.f("ck_promise_dropped_says_why")),
        sa.CheckConstraint("done_on IS NULL OR dropped_on IS NULL", name=op.f("ck_promise_done_or_dropped")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_promise_created_by_id_user")),
        sa.ForeignKeyConstraint(["done_by_id"], ["user.id"], name=op.f("fk_promise_done_by_id_user")),
        sa.ForeignKeyConstraint(["dropped_by_id"], ["user.id"], name=op.f("fk_promise_dropped_by_id_user")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_promise_firm_id_firm")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_promise_person_id_user")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_promise_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index("ix_promise_due_on", ["due_on", "id"], unique=False)
        batch_op.create_index("ix_promise_firm_id", ["firm_id"], unique=False)
        batch_op.create_index("ix_promise_person_id", ["person_id", "due_on"], unique=False)
        batch_op.create_index("ix_promise_visit_id", ["visit_id"], unique=False)

    op.create_table(
        "visit_companion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.CheckConstraint("kind IN ('expert', 'department', 'other')", name=op.f("ck_visit_companion_kind")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_companion_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_companion")),
    )
    with op.batch_alter_table("visit_companion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_companion_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "visit_demand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=200), nullable=False),
        sa.Column("handling", sa.String(length=40), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(state = 'to_review') = (decided_at IS NULL)", name=op.f("ck_visit_demand_decided_or_waiting")
        ),
        sa.CheckConstraint(
            "handling IS NULL OR handling IN ('in_hand', 'to_forward', 'settled')",
            name=op.f("ck_visit_demand_handling"),
        ),
        sa.CheckConstraint("state IN ('to_review', 'kept', 'raised')", name=op.f("ck_visit_demand_state")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_visit_demand_decided_by_id_user")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_visit_demand_firm_id_firm")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_demand_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_demand")),
    )
    with op.batch_alter_table("visit_demand", schema=None) as batch_op:
        batch_op.create_index("ix_visit_demand_firm_id", ["firm_id"], unique=False)
        batch_op.create_index("ix_visit_demand_state", ["state", "id"], unique=False)
        batch_op.create_index("ix_visit_demand_visit_id", ["visit_id"], unique=False)

    op.create_table(
        "visit_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("thumbnail_id", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_visit_photo_created_by_id_user")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_visit_photo_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["thumbnail_id"], ["stored_file.id"], name=op.f("fk_visit_photo_thumbnail_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_photo_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_photo")),
        sa.UniqueConstraint("visit_id", "sha256", name=op.f("uq_visit_photo_visit_id_sha256")),
    )
    with op.batch_alter_table("visit_photo", schema=None) as batch_op:
        batch_op.create_index("ix_visit_photo_file_id", ["file_id"], unique=False)

    op.create_table(
        "visit_purpose",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_visit_purpose_service_id_service")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_purpose_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", "service_id", name=op.f("pk_visit_purpose")),
    )
    with op.batch_alter_table("visit_purpose", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_purpose_service_id"), ["service_id"], unique=False)

    op.create_table(
        "visit_receipt",
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_visit_receipt_person_id_user")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_receipt_visit_id_visit")),
        sa.PrimaryKeyConstraint("uuid", name=op.f("pk_visit_receipt")),
        sa.UniqueConstraint("number", name=op.f("uq_visit_receipt_number")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_visit_receipt_visit_id")),
    )
    op.create_table(
        "visit_service",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_visit_service_service_id_service")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_service_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", "service_id", name=op.f("pk_visit_service")),
    )
    with op.batch_alter_table("visit_service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_service_service_id"), ["service_id"], unique=False)

    op.create_table(
        "visit_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["user.id"], name=op.f("fk_visit_version_replaced_by_id_user")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_version_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_version")),
        sa.UniqueConstraint("visit_id", "version", name=op.f("uq_visit_version_visit_id_version")),
    )
    _visit_columns()


def _visit_columns() -> None:
    """New columns of visit and visit_officer, filled for the rows there are before they become compulsory."""
    texts = ("answer", "next_step", "withdrawn_reason")
    with op.batch_alter_table("visit") as batch_op:
        batch_op.add_column(sa.Column("uuid", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("start_time", sa.String(length=5), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("kind_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("campaign_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("place", sa.String(length=200), nullable=False, server_default=""))
        for name in texts:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("recorded_by_text", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("import_row_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("source", sa.String(length=40), nullable=False, server_default="form"))
        batch_op.add_column(sa.Column("received_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("visit_officer") as batch_op:
        batch_op.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_visit_officer_unit_id"), ["unit_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_visit_officer_unit_id_unit"), "unit", ["unit_id"], ["id"])
    _fill()
    with op.batch_alter_table("visit") as batch_op:
        for name in ("start_time", "place", "recorded_by_text", "source", "version", *texts):
            batch_op.alter_column(name, server_default=None)
        batch_op.alter_column("uuid", existing_type=sa.String(length=36), nullable=False)
        batch_op.alter_column("kind_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("received_at", existing_type=sa.DateTime(), nullable=False)
        batch_op.alter_column("created_by_id", existing_type=sa.Integer(), nullable=True)
        batch_op.create_index("ix_visit_campaign_id", ["campaign_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_visit_uuid"), ["uuid"])
        batch_op.create_check_constraint(batch_op.f("ck_visit_source"), "source IN ('form', 'phone', 'import', 'job')")
        batch_op.create_check_constraint(
            batch_op.f("ck_visit_withdrawn_with_a_reason"), "(withdrawn_at IS NULL) = (withdrawn_reason = '')"
        )
        batch_op.create_foreign_key(batch_op.f("fk_visit_kind_id_visit_kind"), "visit_kind", ["kind_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_visit_withdrawn_by_id_user"), "user", ["withdrawn_by_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_visit_campaign_id_campaign"), "campaign", ["campaign_id"], ["id"])


KINDS = (
    ("visit", "走访", True), ("phone", "电话", False), ("message", "微信/短信", False), ("received", "企业来访", True),
    ("online", "线上", False), ("meeting", "座谈会", True),
)  # fmt: skip
SERVICES = (
    ("policy_talk", "政策宣讲", True, True), ("hnte_incubation", "高企孵化", True, True),
    ("result_matching", "成果对接", True, True), ("talent", "人才引育", True, True),
    ("policy_support", "政策扶持", True, True), ("tech_finance", "科技金融", True, True),
    ("filing_guidance", "申报辅导", True, True), ("rd_filing", "研发费用填报", True, True),
    ("ip", "知识产权", True, True), ("industry_academia", "产学研对接", True, True),
    ("survey", "调研摸底", True, False), ("problem", "问题协调", True, True), ("follow_up", "回访", True, False),
    ("project_check", "项目检查", True, False),
)  # fmt: skip


def _fill() -> None:
    """A database in use gets the lists a new bureau begins with; visits there are become 走访 of their day's unit."""
    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT 1 FROM role LIMIT 1")) or connection.scalar(
        sa.text("SELECT 1 FROM visit LIMIT 1")
    ):
        kind = sa.table("visit_kind", *(sa.column(name) for name in ("key", "name", "counts", "position", "active")))
        service = sa.table(
            "service",
            *(sa.column(name) for name in ("key", "name", "as_purpose", "as_service", "position", "active")),
        )
        connection.execute(
            sa.insert(kind),
            [
                {"key": key, "name": name, "counts": counts, "position": position, "active": True}
                for position, (key, name, counts) in enumerate(KINDS)
            ],
        )
        connection.execute(
            sa.insert(service),
            [
                {"key": key, "name": name, "as_purpose": purpose, "as_service": given, "position": position,
                 "active": True}
                for position, (key, name, purpose, given) in enumerate(SERVICES)
            ],
        )  # fmt: skip
    connection.execute(
        sa.text(
            "UPDATE visit SET received_at = created_at,"
            " kind_id = (SELECT id FROM visit_kind WHERE visit_kind.key = 'visit')"
        )
    )
    ids = connection.scalars(sa.text("SELECT id FROM visit ORDER BY id")).all()
    if ids:
        connection.execute(
            sa.text("UPDATE visit SET uuid = :uuid WHERE id = :id"), [{"uuid": str(uuid4()), "id": row} for row in ids]
        )
    connection.execute(
        sa.text(
            "UPDATE visit_officer SET unit_id = (SELECT m.unit_id FROM membership m, visit v"
            " WHERE v.id = visit_officer.visit_id AND m.user_id = visit_officer.user_id"
            " AND m.from_on <= v.visit_on AND (m.to_on IS NULL OR m.to_on >= v.visit_on)"
            " ORDER BY m.from_on DESC, m.id DESC LIMIT 1)"
        )
    )


def downgrade() -> None:
    """Take the tables and columns away."""
    op.drop_table("visit_version")
    with op.batch_alter_table("visit_service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_service_service_id"))

    op.drop_table("visit_service")
    op.drop_table("visit_receipt")
    with op.batch_alter_table("visit_purpose", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_purpose_service_id"))

    op.drop_table("visit_purpose")
    with op.batch_alter_table("visit_photo", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_photo_file_id")

    op.drop_table("visit_photo")
    with op.batch_alter_table("visit_demand", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_demand_visit_id")
        batch_op.drop_index("ix_visit_demand_state")
        batch_op.drop_index("ix_visit_demand_firm_id")

    op.drop_table("visit_demand")
    with op.batch_alter_table("visit_companion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_companion_visit_id"))

    op.drop_table("visit_companion")
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_index("ix_promise_visit_id")
        batch_op.drop_index("ix_promise_person_id")
        batch_op.drop_index("ix_promise_firm_id")
        batch_op.drop_index("ix_promise_due_on")

    op.drop_table("promise")
    with op.batch_alter_table("visit_officer", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_visit_officer_unit_id_unit"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_visit_officer_unit_id"))
        batch_op.drop_column("unit_id")

    # Who recorded a visit was compulsory before: one that nobody did goes with its parts.
    op.execute("DELETE FROM visit_officer WHERE visit_id IN (SELECT id FROM visit WHERE created_by_id IS NULL)")
    op.execute("DELETE FROM visit WHERE created_by_id IS NULL")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_visit_campaign_id_campaign"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_visit_withdrawn_by_id_user"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_visit_kind_id_visit_kind"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_visit_uuid"), type_="unique")
        batch_op.drop_constraint(batch_op.f("ck_visit_source"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_visit_withdrawn_with_a_reason"), type_="check")
        batch_op.drop_index("ix_visit_campaign_id")
        batch_op.alter_column("created_by_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("version")
        batch_op.drop_column("withdrawn_reason")
        batch_op.drop_column("withdrawn_by_id")
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("received_at")
        batch_op.drop_column("source")
        batch_op.drop_column("import_row_id")
        batch_op.drop_column("recorded_by_text")
        batch_op.drop_column("next_step")
        batch_op.drop_column("answer")
        batch_op.drop_column("place")
        batch_op.drop_column("campaign_id")
        batch_op.drop_column("kind_id")
        batch_op.drop_column("start_time")
        batch_op.drop_column("uuid")

    op.drop_table("campaign_area")
    op.drop_table("visit_kind")
    op.drop_table("service")
    op.drop_table("campaign")
