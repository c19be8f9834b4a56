"""Which statements about a field stand: an undo takes them off from the newest down."""

from datetime import UTC, datetime

import pytest

from crm.imports.undo.history import Step, standing

AT = datetime(2026, 1, 5, tzinfo=UTC)


def steps(*said: tuple[str, str, str]) -> list[Step]:
    return [
        Step(number, "name", old, new, AT, source, number, None) for number, (source, old, new) in enumerate(said, 1)
    ]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ([], []),
        ([("import", "甲", "乙")], [1]),
        ([("import", "甲", "乙"), ("form", "乙", "丙")], [1, 2]),
        ([("import", "甲", "乙"), ("undo", "乙", "甲")], []),
        ([("import", "甲", "乙"), ("import", "乙", "丙"), ("undo", "丙", "乙")], [1]),
        ([("import", "甲", "乙"), ("import", "乙", "丙"), ("undo", "丙", "甲")], []),
        # The value went and came back: what was taken off is off for good, what lies beneath is not.
        ([("import", "甲", "乙"), ("import", "乙", "甲"), ("undo", "甲", "乙")], [1]),
        ([("import", "甲", "乙"), ("import", "乙", "甲"), ("import", "甲", "乙"), ("undo", "乙", "甲")], [1, 2]),
        ([("import", "甲", "乙"), ("undo", "乙", "甲"), ("form", "甲", "丁")], [3]),
        # What no statement had found there is a statement itself.
        ([("import", "甲", "乙"), ("undo", "乙", "戊")], [1, 2]),
    ],
)
def test_an_undo_takes_off_the_newest(said: list[tuple[str, str, str]], left: list[int]) -> None:
    assert [step.id for step in standing(steps(*said))] == left
