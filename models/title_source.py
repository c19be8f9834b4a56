"""What each source said of a title: where they disagree the strongest is right and the others stay to be seen
(models/rules/title_sources.py)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Moment, Name, db
from models.rules.dates import Day
from models.rules.title_sources import GIVEN_UP, Said, Settled, settle
from models.title import Title


class TitleSource(Model):
    """One source of a title with what it said; the columns are those of Said."""

    __tablename__ = "title_source"
    __table_args__ = (Index("ix_title_source_title_id", "title_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("title.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(Key)
    provisional: Mapped[bool] = mapped_column(default=False)
    number: Mapped[str] = mapped_column(String(64), default="")
    batch: Mapped[str] = mapped_column(Name, default="")
    field: Mapped[str] = mapped_column(Name, default="")
    issued_on: Mapped[date | None] = mapped_column(Date)
    issued_precision: Mapped[str] = mapped_column(Key, default="day")
    ends_on: Mapped[date | None] = mapped_column(Date)
    ends_vague: Mapped[bool] = mapped_column(default=False)
    noticed_on: Mapped[date | None] = mapped_column(Date)
    year: Mapped[int | None] = mapped_column(Integer)
    said_on: Mapped[date | None] = mapped_column(Date)
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def said(self) -> Said:
        """What this source says, as the rules see it."""
        issued = Day(self.issued_on, self.issued_precision) if self.issued_on else None
        return Said(
            self.source, self.provisional, self.number, self.batch, self.field, issued, self.ends_on, self.ends_vague,
            self.noticed_on, self.year, self.said_on,
        )  # fmt: skip

    @classmethod
    def list_of(cls, title_id: int) -> list["TitleSource"]:
        """What was said of a title, in the order in which it was heard."""
        return list(db.session.scalars(select(cls).where(cls.title_id == title_id).order_by(cls.id)))


#: What a page calls the values that sources may disagree about.
LABELS = {"number": "编号", "issued_on": "发证日期", "ends_on": "有效期至"}


def disagreements(title: Title, rows: Iterable[TitleSource]) -> Sequence[str]:
    """What the sources of a title say otherwise than what stands, each in a sentence."""
    said = [row.said for row in rows]
    if all(one.source == GIVEN_UP for one in said):
        return []
    found: Settled = settle(said, title.type.validity)
    sentences = []
    for name, value, source in found.losers:
        stands, winner = getattr(title, name), found.sources.get(name) or "登记的"
        if value != stands:
            said_by = f"另一份{source}" if source == winner else source
            sentences.append(f"来源不一致：{LABELS[name]}{said_by}写 {value}，以{winner}的 {stands or '空'} 为准")
    return sentences
