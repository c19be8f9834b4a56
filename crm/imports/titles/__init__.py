"""What rows of lists say of titles: `plan_title` for a list of one type, `give` for any row that speaks of a title."""

from crm.imports.titles.book import LABELS, Book, Known, load
from crm.imports.titles.dating import NEEDS_DATE, needs_date
from crm.imports.titles.giving import give, plan_title, source_of

__all__ = ["LABELS", "NEEDS_DATE", "Book", "Known", "give", "load", "needs_date", "plan_title", "source_of"]
