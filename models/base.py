"""The database handle, the names of constraints, and the column types both databases agree on."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    MetaData,
    String,
    Text,
    func,
    literal,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

#: 1 万元 is 10,000 yuan, a yuan is 100 分.
FEN_PER_WAN = 1_000_000

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table shares: names of constraints that migrations can rely on."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)

# mypy cannot follow the class that Flask-SQLAlchemy makes at run time.
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class Money(TypeDecorator[Decimal]):
    """An exact amount: Decimal 万元 in Python, whole 分 in the database (SQLite sums Numeric inexactly).

    It serves other exact quantities too (head counts, ratios): six decimals, never a float.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | str | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        fen = Decimal(value) * FEN_PER_WAN
        whole = fen.to_integral_value()
        if whole != fen:
            raise ValueError(f"{value} 万元 is finer than one 分")
        return int(whole)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        # Decimal(int) is exact; normalising keeps 83 from printing as 83.000000.
        return None if value is None else tidy(Decimal(value) / FEN_PER_WAN)


def tidy(value: Decimal) -> Decimal:
    """The same value without trailing zeros and without an exponent."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


class Moment(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, UTC without zone in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Words(TypeDecorator[frozenset[str]]):
    """A small set of identifiers, kept as one line of words; opaque to SQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else " ".join(sorted(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str] | None:
        return None if value is None else frozenset(value.split())


def one_of(column: str, values: Any) -> str:
    """The text of a CHECK that a column holds one of these identifiers."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


#: From so many ids on they are passed as one text: a parameter of its own for each costs more than the statement.
MANY_IDS = 20


def among(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """The condition that a column holds one of these ids, however many: a run without gaps, as new rows make, is two
    parameters, any other long list one."""
    if ids and max(ids) - min(ids) + 1 == len(set(ids)):
        return cast(ColumnElement[bool], column.between(min(ids), max(ids)))
    if len(ids) < MANY_IDS:
        return cast(ColumnElement[bool], column.in_(ids))
    if db.engine.dialect.name == "postgresql":
        # Not = ANY: where no index is used, each row would be compared with every id.
        values = select(func.unnest(array_of(ids, Integer())))
    else:
        listed = func.json_each(literal(f"[{','.join(map(str, ids))}]", Text)).table_valued("value")
        values = select(listed.c.value)
    return cast(ColumnElement[bool], column.in_(values))


def array_of(values: Iterable[Any], of: TypeEngine[Any]) -> ColumnElement[Any]:
    """Numbers, days or identifiers as one array of PostgreSQL: as one text, which the driver passes many times faster
    than a list."""
    return sql_cast(literal(f"{{{','.join(map(str, values))}}}", Text), ARRAY(of))


#: Lengths used again and again, so that the same thing has the same length everywhere.
Key = String(40)
Name = String(200)
#: Sort keys are compared byte by byte on both databases: a locale would sort "fan zhong" after "fang a".
SortKey = String(200).with_variant(String(200, collation="C"), "postgresql")
