"""Pools at work: stages, reasons for leaving, the plan of a year, next steps; their owners go over in a handover."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

KINDS = "ck_handover_item_kind"
#: What bureaus begin with: key, name, graduated.
EXITS = (
    ("graduated", "毕业", True), ("moved_pool", "调出", False), ("moved_out", "迁出", False),
    ("given_up", "放弃", False), ("closed", "注销停业", False), ("mistake", "录错", False),
)  # fmt: skip
#: Stages by kind of pool, with the reason that the last ones lead out by.
STAGES = {
    "listing_pool": (
        ("入库", ""), ("辅导", ""), ("备案", ""), ("在审", ""), ("上市", "graduated"), ("撤回", "given_up"),
    ),
    "sme_to_hnte": (("摸底", ""), ("辅导", ""), ("补材料", ""), ("可申报", "")),
}  # fmt: skip
TARGETS = {"sme_to_hnte": "hnte", "srdi_pool": "srdi_sme"}


def upgrade() -> None:
    """Make the tables, add the columns, give the pools that are there their stages."""
    op.create_table(
        "pool_exit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("graduated", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_exit")),
        sa.UniqueConstraint("key", name=op.f("uq_pool_exit_key")),
        sa.UniqueConstraint("name", name=op.f("uq_pool_exit_name")),
    )
    op.create_table(
        "pool_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_pool_plan_number")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_pool_plan_area_id_area")),
        sa.ForeignKeyConstraint(["type_id"], ["pool_type.id"], name=op.f("fk_pool_plan_type_id_pool_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_plan")),
    )
    op.create_index("ix_pool_plan_type_id", "pool_plan", ["type_id", "year", "area_id"], unique=True)
    op.create_table(
        "pool_stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("exit_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["exit_id"], ["pool_exit.id"], name=op.f("fk_pool_stage_exit_id_pool_exit")),
        sa.ForeignKeyConstraint(["type_id"], ["pool_type.id"], name=op.f("fk_pool_stage_type_id_pool_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_stage")),
    )
    op.create_index("ix_pool_stage_type_id", "pool_stage", ["type_id", "name"], unique=True)
    op.create_table(
        "pool_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["pool_member.id"], name=op.f("fk_pool_step_member_id_pool_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_pool_step_person_id_user")),
        sa.ForeignKeyConstraint(["stage_id"], ["pool_stage.id"], name=op.f("fk_pool_step_stage_id_pool_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_step")),
    )
    op.create_index("ix_pool_step_member_id", "pool_step", ["member_id", "reached_on"], unique=False)
    with op.batch_alter_table("pool_type", schema=None) as batch_op:
        batch_op.add_column(sa.Column("target_type_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("still_months", sa.Integer(), nullable=False, server_default="3"))
        batch_op.create_foreign_key(
            op.f("fk_pool_type_target_type_id_title_type"), "title_type", ["target_type_id"], ["id"]
        )
    with op.batch_alter_table("pool_member", schema=None) as batch_op:
        for name in ("exit_id", "stage_id"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
        for name in ("stage_on", "next_on", "next_set_on"):
            batch_op.add_column(sa.Column(name, sa.Date(), nullable=True))
        for name in ("batch", "next_step"):
            batch_op.add_column(sa.Column(name, sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("measures", sa.Text(), nullable=False, server_default=""))
        batch_op.create_foreign_key(op.f("fk_pool_member_exit_id_pool_exit"), "pool_exit", ["exit_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_pool_member_stage_id_pool_stage"), "pool_stage", ["stage_id"], ["id"])
        batch_op.create_index("ix_pool_member_owner_id", ["owner_id", "to_on"], unique=False)
    # The defaults were only for the rows that are there.
    with op.batch_alter_table("pool_type", schema=None) as batch_op:
        batch_op.alter_column("still_months", server_default=None)
    with op.batch_alter_table("pool_member", schema=None) as batch_op:
        for name in ("batch", "next_step", "measures"):
            batch_op.alter_column(name, server_default=None)
    _fill()
    _allow("kind IN ('firm', 'promise', 'plan_line', 'contact', 'issue', 'pool')")


def _fill() -> None:
    connection = op.get_bind()
    exits = sa.table("pool_exit", *map(sa.column, ("id", "key", "name", "graduated", "position", "active")))
    stages = sa.table("pool_stage", *map(sa.column, ("type_id", "name", "position", "exit_id", "active")))
    types = sa.table("pool_type", *map(sa.column, ("id", "key", "target_type_id")))
    titles = sa.table("title_type", *map(sa.column, ("id", "key")))
    connection.execute(
        sa.insert(exits),
        [
            {"key": key, "name": name, "graduated": graduated, "position": place, "active": True}
            for place, (key, name, graduated) in enumerate(EXITS)
        ],
    )
    reasons = {row.key: row.id for row in connection.execute(sa.select(exits.c.id, exits.c.key))}
    targets = {row.key: row.id for row in connection.execute(sa.select(titles.c.id, titles.c.key))}
    for row in connection.execute(sa.select(types.c.id, types.c.key)).all():
        if row.key in TARGETS:
            target = targets.get(TARGETS[row.key])
            connection.execute(sa.update(types).where(types.c.id == row.id).values(target_type_id=target))
        for place, (name, leads) in enumerate(STAGES.get(row.key, ())):
            values = {"type_id": row.id, "name": name, "position": place, "exit_id": reasons.get(leads)}
            connection.execute(sa.insert(stages).values(**values, active=True))


def downgrade() -> None:
    """Take them away; stays and their owners remain."""
    op.execute("DELETE FROM handover_item WHERE kind = 'pool'")
    _allow("kind IN ('firm', 'promise', 'plan_line', 'contact', 'issue')")
    with op.batch_alter_table("pool_member", schema=None) as batch_op:
        batch_op.drop_index("ix_pool_member_owner_id")
        batch_op.drop_constraint(op.f("fk_pool_member_exit_id_pool_exit"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_pool_member_stage_id_pool_stage"), type_="foreignkey")
        for name in ("exit_id", "stage_id", "stage_on", "next_on", "next_set_on", "batch", "next_step", "measures"):
            batch_op.drop_column(name)
    with op.batch_alter_table("pool_type", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_pool_type_target_type_id_title_type"), type_="foreignkey")
        batch_op.drop_column("still_months")
        batch_op.drop_column("target_type_id")
    for name in ("pool_step", "pool_stage", "pool_plan", "pool_exit"):
        op.drop_table(name)


def _allow(condition: str) -> None:
    with op.batch_alter_table("handover_item", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(KINDS), type_="check")
        batch_op.create_check_constraint(op.f(KINDS), condition)
