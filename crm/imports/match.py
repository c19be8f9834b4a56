"""Stage 4: which firm a row means. Certain, or held for a person; never guessed (promise 13).

A valid code decides when the name does not contradict it. Without one the name decides when a firm is called just so,
or when the two differ only in what carries no meaning. All else is held, with its candidates and the reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from crm.imports import telling
from crm.imports.index import ALIKE, MOST_ALIKE, Index
from crm.imports.kinds import Row
from models.rules import firm_name, uscc

#: Characters left of a damaged code that are enough beside a name that is nearly the same.
FRAGMENT = 14
#: A broken code further than this from a firm's own contradicts its name.
CODE_ERRORS = 5
#: From here on a firm outside the register is not new without a look: some firm here may be the same.
RESEMBLES = 86


@dataclass(slots=True)
class Candidate:
    """A firm a held row may mean; likeness 0–100, and why, in an officer's words."""

    firm_id: int
    likeness: int
    why: str


@dataclass(slots=True)
class Match:
    """What a row was matched to: how as contracts.md says. firm_id is None with `new` (to be made) and `none`."""

    how: str
    score: float = 0.0
    firm_id: int | None = None
    reason: str = ""
    candidates: list[Candidate] = field(default_factory=list)

    @property
    def certain(self) -> bool:
        """Whether no person is needed."""
        return self.how != "none"


def match(row: Row, index: Index, *, makes_firms: bool = False) -> Match:
    """The firm of a row. `makes_firms`: the list is a register, whose valid codes are firms even when a like name is
    known."""
    key = firm_name.match_key(row.name)
    former = [firm_name.match_key(name) for name in row.former]
    said = index.chosen.get(spelling(row))
    if said is not None:
        return Match("chosen", 1.0, said, "以前有人认过这个写法")
    if not row.code.usable:
        return _by_name(row, key, former, index)
    firm_id = index.by_code.get(row.code.code)
    if firm_id is not None:
        return _check_name(firm_id, key, former, index)
    return _code_unknown(row, key, former, index, makes_firms)


def spelling(row: Row) -> str:
    """What a decision about a row is remembered by: the name alone where there was no code to go by, else both."""
    key = firm_name.match_key(row.name)
    return f"{row.code.code}:{key}" if row.code.usable else key


def _check_name(firm_id: int, key: str, former: list[str], index: Index) -> Match:
    """The code names a firm; the row is its own unless the name is quite another."""
    own = index.firms[firm_id].keys
    if not key or key in own or any(name in own for name in former):
        return Match("code", 1.0, firm_id, "信用代码一致")
    name = index.firms[firm_id].name
    others = index.by_name.get(key, set()) - {firm_id}
    if not others and index.agrees(firm_id, key):
        return Match("code", 0.95, firm_id, f"信用代码一致，名字写法略有不同：{name}")
    candidates = [Candidate(firm_id, index.likeness(firm_id, key), "信用代码是这家的")]
    candidates += [Candidate(other, 100, "名字是这家的") for other in sorted(others)]
    reason = f"信用代码属于“{name}”，名字却不同"
    return Match("none", 0.0, None, reason, candidates + _alike(key, index, {c.firm_id for c in candidates}))


def _code_unknown(row: Row, key: str, former: list[str], index: Index, makes_firms: bool) -> Match:
    """A valid code that no firm here has: a firm known by name whose code was not, or a new one."""
    found = _called(key, former, index)
    if found is not None:
        how, firms = found
        if len(firms) == 1 and _may_have(row.code, firm_id := next(iter(firms)), index):
            return Match(how, 0.98, firm_id, f"信用代码册里没有，{_SAYS[how]}")
        if not (makes_firms and how != "name"):
            reason = "册里有同名企业，信用代码却不同"
            return Match(
                "none", 0.0, None, reason, [Candidate(f, 100, "名字相同，信用代码不同") for f in sorted(firms)]
            )
    if makes_firms:
        return Match("new", 1.0) if key else Match("none", 0.0, None, "没有企业名称")
    alike = _alike(key, index)
    if any(_resembles(candidate, row.code, key, index) for candidate in alike):
        return Match("none", 0.0, None, "信用代码册里没有，名字和册里的企业很像", alike)
    if row.code.warning:
        return Match("none", 0.0, None, f"信用代码册里没有，{row.code.warning}", alike)
    if firm_name.full(row.name) and row.code.kind == "uscc":
        return Match("new", 0.9, reason="信用代码有效，册里没有相像的企业：名单带入、待核实")
    return Match("none", 0.0, None, "信用代码册里没有，名字也不全", alike)


def _resembles(candidate: Candidate, code: uscc.Code, key: str, index: Index) -> bool:
    firm_id = candidate.firm_id
    if _may_have(code, firm_id, index):
        return True
    if firm_id in index.same_but_for_form(key):
        return True
    return candidate.likeness >= RESEMBLES and index.agrees(firm_id, key)


def _may_have(code: uscc.Code, firm_id: int, index: Index) -> bool:
    """Whether a firm can have this code: it has none yet, or one of another kind (an old number and a new code)."""
    known = index.firms[firm_id]
    return known.code is None or known.code_kind != code.kind


_SAYS = {"name": "名字一致", "former_name": "曾用名一致"}


def _called(key: str, former: Iterable[str], index: Index) -> tuple[str, set[int]] | None:
    """The firms that are called so, and how: a present name before a former one."""
    firms = index.by_name.get(key, set()) if key else set()
    present = {firm_id for firm_id in firms if index.firms[firm_id].keys[key] == "name"}
    if firms:
        # One firm's present name may be what another was called: both can be meant.
        return ("name" if present == firms else "former_name"), firms
    for name in former:
        if firms := index.by_name.get(name, set()):
            return "former_name", firms
    return None


def _by_name(row: Row, key: str, former: list[str], index: Index) -> Match:
    why = {"blank": "没有信用代码"}.get(row.code.kind, row.code.reason or "没有信用代码")
    if not key:
        return Match("none", 0.0, None, f"{why}，也没有企业名称")
    found = _called(key, former, index)
    if found is not None:
        how, firms = found
        told = ""
        if len(firms) > 1:
            firms, told = _told_apart(row, firms, index)
        if len(firms) == 1:
            firm_id = next(iter(firms))
            how = "name" if index.firms[firm_id].keys.get(key) == "name" else how
            if _contradicts(row, firm_id, index):
                reason = f"名字一致，剩下的信用代码“{row.code.written}”却对不上"
                return Match("none", 0.0, None, reason, [Candidate(firm_id, 100, "名字相同")])
            return Match(how, 1.0 if how == "name" else 0.97, firm_id, f"{why}，{_SAYS[how]}{told}")
        named = [Candidate(firm_id, 100, _named_how(firm_id, key, index)) for firm_id in sorted(found[1])]
        return Match("none", 0.0, None, f"{why}，册里有 {len(named)} 家同名企业", named[:MOST_ALIKE])
    return _nearly(row, key, why, index)


def _nearly(row: Row, key: str, why: str, index: Index) -> Match:
    """No firm is called so: one that differs only in form, or one that what is left of the code confirms."""
    same = {firm_id for firm_id in index.same_but_for_form(key) if not _contradicts(row, firm_id, index)}
    if len(same) == 1 and firm_name.full(row.name):
        firm_id = next(iter(same))
        return Match("repaired", 0.95, firm_id, f"{why}，名字只差“市”“责任”等字：{index.firms[firm_id].name}")
    if _is_short(row.name, key, index) and len(meant := index.meant_by_short(key)) == 1:
        firm_id = next(iter(meant))
        if not _contradicts(row, firm_id, index):
            return Match("repaired", 0.9, firm_id, f"{why}，简称只合一家：{index.firms[firm_id].name}")
    alike = _alike(key, index)
    confirmed = [c.firm_id for c in alike if _confirms(row, c.firm_id, index) and index.agrees(c.firm_id, key)]
    if len(confirmed) == 1:
        firm_id = confirmed[0]
        return Match("repaired", 0.93, firm_id, f"名字差一字，剩下的信用代码对得上：{index.firms[firm_id].name}")
    said = "册里没有这个名字" if not alike else "册里只有相像的名字"
    return Match("none", 0.0, None, f"{why}，{said}", alike)


def _is_short(name: str, key: str, index: Index) -> bool:
    """Whether a name is short for one: without its legal form, or with nothing of it but 公司 and no place."""
    parts = index.parts(key)
    return not firm_name.full(name) or (parts.form == "公司" and not parts.place)


def _alike(key: str, index: Index, besides: Iterable[int] = ()) -> list[Candidate]:
    left = set(besides)
    words = ((95, "名字几乎一样"), (86, "名字很像"), (ALIKE, "名字有些像"))
    return [
        Candidate(firm_id, likeness, next(said for least, said in words if likeness >= least))
        for firm_id, likeness in (index.alike(key) if key else [])
        if firm_id not in left
    ]


def _fragment(row: Row) -> str:
    """The leading characters of a code that a spreadsheet turned into a number, as far as it kept them."""
    return row.code.fragment if row.code.kind == "ruined" else ""


def _named_how(firm_id: int, key: str, index: Index) -> str:
    return "曾用名相同" if index.firms[firm_id].keys.get(key) in ("former_name", "alias") else "名字相同"


def _told_apart(row: Row, firms: set[int], index: Index) -> tuple[set[int], str]:
    """Of namesakes, the one whose code agrees with what is left of the row's, or that facts of the row speak for; and
    what decided. All of them when nothing does."""
    by_code = {firm_id for firm_id in firms if _confirms(row, firm_id, index)}
    if len(by_code) == 1:
        return by_code, "，剩下的信用代码对得上"
    for_it = {firm_id: telling.weigh(row, index.facts.get(firm_id)) for firm_id in firms}
    spoken = [firm_id for firm_id, said in for_it.items() if said.agrees and not said.contradicts]
    others = [said for firm_id, said in for_it.items() if firm_id not in spoken]
    if len(spoken) == 1 and all(said.contradicts for said in others):
        return set(spoken), f"，{'、'.join(for_it[spoken[0]].agrees)}对得上"
    return firms, ""


def _confirms(row: Row, firm_id: int, index: Index) -> bool:
    code = index.firms[firm_id].code or ""
    fragment = _fragment(row)
    if len(fragment) >= FRAGMENT:
        return uscc.may_become(code, fragment)
    return row.code.kind == "broken" and len(code) == uscc.LENGTH and Levenshtein.distance(code, row.code.written) <= 2


def _contradicts(row: Row, firm_id: int, index: Index) -> bool:
    known = index.firms[firm_id]
    if known.code_kind != "uscc" or known.code is None:
        return False
    if fragment := _fragment(row):
        return not uscc.may_become(known.code, fragment)
    return (
        row.code.kind == "broken"
        and len(row.code.written) >= 15
        and Levenshtein.distance(known.code, row.code.written) > CODE_ERRORS
    )
