"""The search over names as they are registered: the same hits as plain Python, on both databases."""

import csv
import random
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from models import pinyin
from models.base import db
from models.firm import search
from models.firm.names import FirmSearch
from tests.support.factories import make_firm

SIZE = 1200


def real_names(shared: Path) -> list[str]:
    with (shared / "register/南京江宁_企业登记.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row["企业名称"] for row in csv.DictReader(file)]


def test_every_registered_name_can_be_read(shared: Path) -> None:
    known = set(pinyin.SYLLABLES)
    unread = {
        syllable
        for name in real_names(shared)
        for syllable in pinyin.sort_key(name).split()
        if len(syllable) > 1 and syllable not in known
    }
    assert unread == set()


@pytest.mark.slow
def test_parts_and_initials_of_real_names_find_what_plain_python_finds(app: Flask, shared: Path) -> None:
    dice = random.Random(11)
    names = dice.sample(real_names(shared), SIZE)
    firms = [make_firm(name, sort_key=pinyin.sort_key(name)) for name in names]
    search.put(
        [(firm.id, search.prepare(search.lines_of(name, (), None))) for firm, name in zip(firms, names, strict=True)]
    )
    parts = [search.normalise(name) for name in dice.sample(names, 40)]
    queries = (
        {part[3:5] for part in parts} | {part[2:7] for part in parts} | {part[4] for part in parts if len(part) > 4}
    )
    wrong = []
    for query in sorted(filter(None, queries)):
        wanted = search.patterns(query)
        found = set(db.session.scalars(select(FirmSearch.firm_id).where(search.matches(wanted))))
        if found != {firm.id for firm, name in zip(firms, names, strict=True) if query in search.normalise(name)}:
            wrong.append(query)
    assert len(wrong) == 0, len(wrong)
    for firm, name in dice.sample(list(zip(firms, names, strict=True)), 40):
        initials = pinyin.initials(search.normalise(name))[0][2:6]
        hits = db.session.scalars(select(FirmSearch.firm_id).where(search.matches(search.patterns(initials))))
        assert firm.id in set(hits)
