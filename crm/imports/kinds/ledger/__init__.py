"""Kind `ledger`: the workbook a bureau kept its firms in: contacts, yearly figures, titles, who looks after whom."""

from typing import TYPE_CHECKING

from crm.imports import titles as title_book
from crm.imports.kinds import Kind, register_kind
from crm.imports.kinds.ledger import columns, facts, figures, known, people, pools
from crm.imports.kinds.ledger import titles as of_titles
from crm.imports.kinds.ledger.fields import FIELDS, MARKS

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan
    from crm.imports.recognise import Facts


def load(whole: "Plan", rows: list["RowPlan"]) -> None:
    """Read what the rows are compared with."""
    known.load(whole, rows)
    firm_ids = [row.firm_id for row in rows if row.firm_id is not None]
    title_book.Book.of(whole).load(firm_ids, [kind.id for kind in whole.types.values()])


def plan(whole: "Plan", row_plan: "RowPlan", said: "Facts") -> None:
    """A row of the ledger: every part of it that can be read. What a register, a list or a person said better stays."""
    firm_id = row_plan.firm_id
    assert firm_id is not None
    made_here = firm_id < 0 and whole.drafts[firm_id].plan is row_plan
    source = f"{said.year} 年台账" if said.year else "台账"
    of_titles.plan_titles(whole, row_plan, source)
    facts.plan_identity(whole, row_plan)
    facts.plan_places(whole, row_plan)
    if level := row_plan.row.values.get("care_level"):
        whole.set_field(row_plan, "care_level", "培育层级", level)
    figures.plan_figures(whole, row_plan, source)
    people.plan_contacts(whole, row_plan, source)
    people.plan_officers(whole, row_plan)
    pools.plan_pools(whole, row_plan, source)
    facts.plan_notes(whole, row_plan, source)
    if made_here:
        row_plan.effect = "created"
    elif row_plan.changes:
        row_plan.effect = "updated"
    elif firm_id < 0:
        row_plan.reason = f"和第 {whole.drafts[firm_id].plan.row.row} 行是同一家"


KIND = register_kind(
    Kind(
        key="ledger",
        name="企业台账",
        fields=(*FIELDS, *(columns.derive(key) for key in columns.OFFERED)),
        cues=r"台账|台帐|培育库|培育企业|摸底|底册|一企一档|企业清单|企业信息表|情况(?:汇总|统计)?表|工作表",
        against=r"公示|公告|更名|取消|撤销|注销|专利|走访(?:服务)?记录|认定名单|登记信息",
        marks=MARKS,
        least=4,
        load=load,
        reads=known.READS,
        settle=columns.settle,
        derive=columns.derive,
        plan=plan,
    )
)
