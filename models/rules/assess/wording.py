"""Numbers and reasons of an assessment in an officer's words, and as JSON prints them."""

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from fractions import Fraction
from math import isqrt

from models.rules.assess.book import AT_LEAST, AT_MOST, LESS_THAN, MORE_THAN, Test
from models.rules.assess.measures import MEASURES, Measure
from models.rules.assess.names import label_of

_CENT = Decimal("0.01")
#: How a limit is said, and what is said of a value that keeps it or does not.
_WANTED = {AT_LEAST: "不低于", AT_MOST: "不超过", MORE_THAN: "大于", LESS_THAN: "小于"}


def plain(value: Fraction | int | None) -> int | float | None:
    """A number as JSON prints it: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def decimal(value: Fraction, places: Decimal = _CENT, rounding: str = ROUND_HALF_UP) -> str:
    """A number with at most so many places, without zeros at the end."""
    with localcontext() as context:
        context.prec = 60
        found = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(places, rounding)
    text = format(found, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount_up(value: Fraction) -> str:
    """A change with at most two places, never less than it has to be."""
    return decimal(value, rounding=ROUND_UP)


def root(value: Fraction) -> Fraction:
    """The square root, to twelve places."""
    scale = 10**24
    return Fraction(isqrt(value.numerator * scale // value.denominator), 10**12) if value > 0 else Fraction(0)


def shown(measure: Measure, value: Fraction) -> Fraction:
    """A value as people read it: of a measure over two years its yearly rate."""
    return root(value) - 1 if measure.squared else value


def quantity(measure: Measure, value: Fraction, limit: Fraction | None = None) -> str:
    """A value with its unit. One that misses its limit is never rounded onto it."""
    percent = measure.unit == "%"
    number = value * 100 if percent else value
    text = decimal(number)
    if limit is not None and value != limit:
        bound, places = decimal(limit * (100 if percent else 1)), _CENT
        while text == bound and places > Decimal("1e-12"):
            places /= 10
            text = decimal(number, places, ROUND_DOWN if value < limit else ROUND_UP)
    return f"{text}%" if percent else f"{text} {measure.unit}"


def figures(names: Iterable[str], latest: int) -> str:
    """Several figures by their labels, each once."""
    return "、".join(dict.fromkeys(label_of(name, latest) for name in names))


def wanted(test: Test, limit: Fraction) -> str:
    """What a test on a measure asks for: 不低于 5%."""
    return f"{_WANTED[test.comparison]} {quantity(MEASURES[test.measure], limit)}"


def wanted_points(test: Test) -> str:
    """What a test on points asks for: 不低于 60 分."""
    return f"{_WANTED[test.comparison]} {decimal(test.limit)} 分"


def shortfall(comparison: str, value: Fraction, limit: Fraction, whole: bool = False) -> Fraction:
    """By how much a value misses its limit; 0 when it keeps it. Whole numbers have to pass a limit by one."""
    over = value - limit if comparison in (AT_LEAST, MORE_THAN) else limit - value
    if comparison in (MORE_THAN, LESS_THAN):
        return Fraction(0) if over > 0 else (1 - over if whole else -over)
    return max(Fraction(0), -over)


def short_by(measure: Measure, gap: Fraction) -> str:
    """差 23.4 万元; of a share 差 0.5 个百分点."""
    if measure.unit == "%":
        return f"差 {amount_up(gap * 100)} 个百分点"
    return f"差 {amount_up(gap)} {measure.unit}"
