"""Papers of applications, service agencies and their judgement."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

#: What a bureau begins with for 高新技术企业: stage, name, need, lasting, hint.
PAPERS = (
    ("intention", "营业执照", "refuse", True, "成立满一年"),
    ("coaching", "知识产权证书及缴费凭证", "refuse", True, "Ⅰ类、Ⅱ类分开，受让的附转让登记"),
    ("coaching", "科研项目立项和结题材料", "warn", False, "近三年，和研发活动表对得上"),
    ("coaching", "科技成果转化材料", "warn", False, "近三年，每项有总体情况和佐证"),
    ("coaching", "职工和科技人员情况说明", "warn", False, "人数、比例、累计在企满 183 天"),
    ("coaching", "研发费用辅助账", "warn", False, "近三个会计年度"),
    ("pre_review", "近三年研发费用专项审计报告", "refuse", False, "有资质的中介机构出具"),
    ("pre_review", "近一年高新技术产品（服务）收入专项审计报告", "refuse", False, "有资质的中介机构出具"),
    ("pre_review", "近三年财务会计报告", "refuse", False, "会计报表、报表附注、财务情况说明书"),
    ("pre_review", "近三年企业所得税年度纳税申报表", "refuse", False, "含主表和附表"),
    ("pre_review", "高新技术产品（服务）说明", "warn", False, "关键技术、技术指标、检验报告"),
    ("pre_review", "高新技术企业认定申请书", "warn", False, "网上填报后打印，盖章"),
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("removed_reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("name", name=op.f("uq_agency_name")),
    )
    op.create_table(
        "agency_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agency_judgement_agency_id_agency")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_agency_judgement_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_judgement")),
        sa.UniqueConstraint("agency_id", "year", name=op.f("uq_agency_judgement_agency_id_year")),
    )
    op.create_table(
        "paper_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("lasting", sa.Boolean(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("need IN ('refuse', 'warn', 'none')", name=op.f("ck_paper_rule_need")),
        sa.CheckConstraint("stage IN ('intention', 'coaching', 'pre_review')", name=op.f("ck_paper_rule_stage")),
        sa.ForeignKeyConstraint(["type_id"], ["title_type.id"], name=op.f("fk_paper_rule_type_id_title_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_rule")),
        sa.UniqueConstraint("type_id", "name", name=op.f("uq_paper_rule_type_id_name")),
    )
    op.create_table(
        "application_agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_application_agency_from_before_to")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_application_agency_agency_id_agency")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_agency_application_id_application"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_agency")),
    )
    op.create_index("ix_application_agency_agency_id", "application_agency", ["agency_id"], unique=False)
    op.create_index(
        "ix_application_agency_application_id", "application_agency", ["application_id", "from_on"], unique=False
    )
    op.create_table(
        "application_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("got_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_paper_application_id_application"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_application_paper_by_id_user")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_application_paper_file_id_stored_file")),
        sa.ForeignKeyConstraint(["rule_id"], ["paper_rule.id"], name=op.f("fk_application_paper_rule_id_paper_rule")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_paper")),
        sa.UniqueConstraint("application_id", "rule_id", name=op.f("uq_application_paper_application_id_rule_id")),
    )
    op.create_index("ix_application_paper_file_id", "application_paper", ["file_id"], unique=False)
    op.add_column("application", sa.Column("agency_id", sa.Integer(), nullable=True))
    op.create_index("ix_application_agency_id", "application", ["agency_id", "stage"], unique=False)

    bind = op.get_bind()
    kind = bind.scalar(sa.text("SELECT id FROM title_type WHERE key = 'hnte'"))
    if kind is not None and bind.scalar(sa.text("SELECT 1 FROM role LIMIT 1")):
        names = ("type_id", "stage", "name", "need", "lasting", "hint", "position", "active")
        table = sa.table("paper_rule", *map(sa.column, names))
        rows = [(kind, *row, place, True) for place, row in enumerate(PAPERS)]
        op.bulk_insert(table, [dict(zip(names, row, strict=True)) for row in rows])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_application_agency_id", "application")
    op.drop_column("application", "agency_id")
    op.drop_table("application_paper")
    op.drop_table("application_agency")
    op.drop_table("paper_rule")
    op.drop_table("agency_judgement")
    op.drop_table("agency")
