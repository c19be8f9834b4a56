"""Figures of a firm by year, each with its source and date; names as in the glossary."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, Integer, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from models import clock
from models.base import Key, Model, Moment, Money, Name, db

#: key → (name, unit). Money in 万元; heads and counts whole; shares in percent.
YEARLY: dict[str, tuple[str, str]] = {
    "operating_revenue": ("营业收入", "万元"),
    "main_revenue": ("主营业务收入", "万元"),
    "sales_revenue": ("销售收入", "万元"),
    "total_income": ("总收入", "万元"),
    "hightech_income": ("高新技术产品（服务）收入", "万元"),
    "rd_expense": ("研发费用", "万元"),
    "rd_spend_statistical": ("研发投入（统计口径）", "万元"),
    "cost_and_expense": ("成本费用支出", "万元"),
    "total_assets": ("资产总额", "万元"),
    "total_liabilities": ("负债总额", "万元"),
    "net_assets": ("净资产", "万元"),
    "tax_paid": ("纳税额", "万元"),
    "staff_total": ("职工总数", "人"),
    "tech_staff": ("科技人员", "人"),
    "rd_staff": ("研发人员", "人"),
    "rd_ratio": ("研发费用占营业收入比例", "%"),
    "profit_total": ("利润总额", "万元"),
    "net_profit": ("净利润", "万元"),
    "output_value": ("工业总产值", "万元"),
    "export_value": ("出口额", "万元"),
    "ip_class_1": ("Ⅰ类知识产权", "件"),
    "ip_class_2": ("Ⅱ类知识产权", "件"),
    "invention_patents": ("发明专利", "件"),
    "utility_models": ("实用新型专利", "件"),
    "design_patents": ("外观设计专利", "件"),
    "software_copyrights": ("软件著作权", "件"),
    "patents_total": ("专利总数", "件"),
    "ip_total": ("知识产权总数", "件"),
}


class FirmFigure(Model):
    """One figure of one year from one source; where sources disagree all are kept and the best is shown."""

    __tablename__ = "firm_figure"
    __table_args__ = (
        UniqueConstraint("firm_id", "key", "year", "source"),
        Index("ix_firm_figure_firm_id", "firm_id", "year"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    year: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(Key)
    value: Mapped[Decimal] = mapped_column(Money)
    approximate: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(Name)
    source_on: Mapped[date | None] = mapped_column(Date)
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    #: The request by which the firm gave it itself.
    firm_input_id: Mapped[int | None] = mapped_column(ForeignKey("firm_input.id"))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    entered_at: Mapped[datetime] = mapped_column(Moment)


def record(
    firm_id: int,
    key: str,
    year: int,
    value: Decimal,
    source: str,
    *,
    approximate: bool = False,
    source_on: date | None = None,
    by_id: int | None = None,
) -> FirmFigure:
    """Keep one figure of one year; the same source again replaces what it said. The caller commits."""
    query = select(FirmFigure).where(
        FirmFigure.firm_id == firm_id, FirmFigure.key == key, FirmFigure.year == year, FirmFigure.source == source
    )
    row = db.session.scalars(query).first()
    if row is None:
        row = FirmFigure(firm_id=firm_id, key=key, year=year, source=source)
        db.session.add(row)
    row.value, row.approximate, row.source_on = value, approximate, source_on
    row.entered_by_id, row.entered_at = by_id, clock.now()
    row.import_row_id = row.firm_input_id = None
    db.session.flush()
    return row
