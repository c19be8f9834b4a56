"""A firm is found by any part of any name it bore, by pinyin, initials or code, alike on both databases."""

import itertools
import random

import pytest
from flask import Flask
from sqlalchemy import select

from models import pinyin
from models.base import db
from models.firm import Firm, search
from models.firm.names import FirmName, FirmSearch
from tests.support.factories import make_firm


def found(query: str) -> list[int]:
    """The ids that match, in the order of the list page."""
    wanted = search.patterns(query)
    if not wanted:
        return []
    rows = select(Firm.id).join(FirmSearch, FirmSearch.firm_id == Firm.id).where(search.matches(wanted))
    return list(db.session.scalars(rows.order_by(search.rank(wanted), Firm.sort_key, Firm.id)))


def make(name: str, code: str | None = None, formers: tuple[str, ...] = ()) -> Firm:
    firm = make_firm(name, sort_key=pinyin.sort_key(name), code=code, code_kind="uscc" if code else None)
    db.session.add_all(FirmName(firm_id=firm.id, name=former, match_key=former) for former in formers)
    db.session.flush()
    search.refresh([firm.id])
    return firm


BY_NAME = ["启", "启衡", "澜启", "启衡传感", "有限公司", "云澜启衡传感科技有限公司", "启恒", "启 衡", "启-衡"]
BY_READING = ["qh", "QH", "ylqhcg", "qiheng", "qihe", "yunlan", "qhyq"]
BY_CODE = ["91339902", "ma7qh", "３３９９"]


@pytest.mark.parametrize("query", BY_NAME + BY_READING + BY_CODE)
def test_a_firm_is_found_by(query: str, app: Flask) -> None:
    make("松岭百川食品有限责任商行")
    firm = make("云澜启衡传感科技有限公司", code="91339902MA7QH5C31D", formers=("启恒仪器",))
    assert found(query) == [firm.id]


@pytest.mark.parametrize(
    "query", ["衡启", "z", "xq", "henq", "%", "_", "\\", "100%", "启%", "'", '"', "*", "启\n衡x", "启衡仪器", " ", ""]
)
def test_a_firm_is_not_found_by(query: str, app: Flask) -> None:
    make("东里衡安", formers=("石桥仪器",))
    assert found(query) == []


def test_a_single_letter_finds_initials(app: Flask) -> None:
    firm = make("青禾微纳材料")
    assert found("q") == [firm.id] and found("x") == []


@pytest.mark.parametrize("query", ["szl", "dzl", "shanz", "danzh"])
def test_every_reading_of_a_surname_finds_the_firm(query: str, app: Flask) -> None:
    firm = make("单直流体控制")
    assert found(query) == [firm.id]


def test_exact_comes_before_prefix_before_within_then_by_pinyin(app: Flask) -> None:
    within = make("安青禾")
    later = make("青禾有限")
    prefix = make("青禾材料")
    exact = make("青禾")
    assert found("青禾") == [exact.id, prefix.id, later.id, within.id]


def test_a_match_never_runs_from_one_name_into_the_next(app: Flask) -> None:
    make("望江精密", formers=("石桥铸造",))
    assert found("密石") == [] and found("密wj") == []


def test_a_new_name_replaces_what_the_firm_is_found_by(app: Flask) -> None:
    firm = make("旧名机械")
    firm.name = "新名机械"
    db.session.flush()
    assert search.refresh([firm.id]) == 1
    assert found("旧名") == [] and found("新名") == [firm.id]


def test_a_merged_firm_is_not_found(app: Flask) -> None:
    kept, gone = make("留下机械"), make("并走机械")
    gone.merged_into_id = kept.id
    db.session.flush()
    assert search.refresh([kept.id, gone.id]) == 1
    assert found("机械") == [kept.id]


def test_a_deleted_firm_leaves_nothing_behind(app: Flask) -> None:
    firm = make("短命机械")
    search.forget([firm.id])
    assert found("短命") == []
    db.session.delete(firm)
    db.session.flush()
    search.put([(make_firm("另一家").id, search.prepare(search.lines_of("另一家", (), None)))])
    assert found("短命") == [] and len(found("另一")) == 1


def test_a_character_the_index_does_not_know_is_still_found(app: Flask) -> None:
    firm = make("云澜\U00030edd材料")
    make("云澜材料")
    assert found("\U00030edd材") == [firm.id] and found("\U00030edd") == [firm.id]


def score_of(query: str, name: str, formers: list[str], code: str) -> int | None:
    """0 exact, 1 prefix, 2 within, None not found: by texts and syllables, without signs, pairs or SQL."""
    words = search.normalise(query)
    parts = [search.normalise(part) for part in (name, *formers)]
    lines = [*parts, *(initial for part in parts for initial in pinyin.initials(part)), search.normalise(code)]
    scores = [0 if line == words else 1 if line.startswith(words) else 2 for line in lines if words and words in line]
    if len(words) > 1 and words.isascii() and words.isalpha():
        scores += [score for part in parts for reading in pinyin._readings_of(part) for score in spelt(words, reading)]
    return min(scores, default=None)


def spelt(words: str, reading: list[str]) -> list[int]:
    """One score for each run of syllables that the typed letters spell, the last syllable possibly unfinished."""
    scores = []
    for start, end in itertools.combinations(range(len(reading) + 1), 2):
        whole, last = "".join(reading[start : end - 1]), reading[end - 1]
        if not set(reading[start:end]) <= set(pinyin.SYLLABLES) or not words.startswith(whole) or words == whole:
            continue
        if last.startswith(words[len(whole) :]):
            scores.append(2 if start else 0 if end == len(reading) else 1)
    return scores


def recount(query: str, firms: list[tuple[int, str, list[str], str]]) -> list[int]:
    """The same search, slowly and obviously."""
    hits = []
    for firm_id, name, formers, code in firms:
        score = score_of(query, name, formers, code)
        if score is not None:
            hits.append((score, pinyin.sort_key(name), firm_id))
    return [firm_id for _, _, firm_id in sorted(hits)]


def test_the_search_equals_a_slow_recount_over_random_names(app: Flask) -> None:
    dice = random.Random(20261122)
    characters = "云澜启衡青禾石桥松岭望江安单曾长乐科技智能A3b"
    firms = []
    for number in range(120):
        name = "".join(dice.choices(characters, k=dice.randint(2, 7)))
        formers = ["".join(dice.choices(characters, k=dice.randint(2, 4)))] if dice.random() < 0.3 else []
        code = f"91339902MA7QH{number:05d}"
        firms.append((make(name, code, tuple(formers)).id, name, formers, code))
    queries = {"".join(dice.choices(characters, k=dice.randint(1, 3))) for _ in range(120)}
    queries |= {
        "q",
        "qh",
        "an",
        "qi",
        "heng",
        "zeng",
        "ceng",
        "lean",
        "yuean",
        "qiheng",
        "changl",
        "shan",
        "000",
        "00011",
        "ma7",
        "b",
        "3",
        "a3",
    }
    wrong = [query for query in sorted(queries) if found(query) != recount(query, firms)]
    assert wrong == []
