"""Working days of 2026 as the notice says (国办发明电〔2025〕7号), and of a year whose notice is not out."""

from datetime import date, timedelta

import pytest

from models.rules.holiday_notice import NoticeRefused, from_bytes, parse
from models.rules.legal_days import MOVING, legal_days
from models.rules.workday import ASSUMED, Workdays

NOTICE = """国务院办公厅关于2026年
部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。
5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各部门要妥善安排好值班，坚持24小时在岗。
"""
DAYS_2026 = parse(NOTICE).days
YEAR = Workdays(DAYS_2026, frozenset({2026}))

# By hand, from the table in rules.md section 8.
KINDS = [
    ("2026-01-01", False), ("2026-01-03", False), ("2026-01-04", True), ("2026-01-05", True), ("2026-01-10", False),
    ("2026-02-13", True), ("2026-02-14", True), ("2026-02-15", False), ("2026-02-16", False), ("2026-02-23", False),
    ("2026-02-24", True), ("2026-02-28", True), ("2026-03-01", False), ("2026-04-03", True), ("2026-04-04", False),
    ("2026-04-06", False), ("2026-04-07", True), ("2026-05-05", False), ("2026-05-06", True), ("2026-05-09", True),
    ("2026-05-10", False), ("2026-06-19", False), ("2026-06-22", True), ("2026-09-20", True), ("2026-09-24", True),
    ("2026-09-25", False), ("2026-09-27", False), ("2026-09-28", True), ("2026-10-01", False), ("2026-10-07", False),
    ("2026-10-08", True), ("2026-10-10", True), ("2026-10-11", False),
]  # fmt: skip


@pytest.mark.parametrize("day, works", KINDS)
def test_a_day_of_2026_is_what_the_notice_says(day: str, works: bool) -> None:
    assert YEAR.works(date.fromisoformat(day)) is works


DUES = [
    # Across 春节: 13 Feb is a Friday, 14 Feb is worked, 15 to 23 Feb rest, 28 Feb is worked.
    ("2026-02-13", 1, "2026-02-14"), ("2026-02-13", 2, "2026-02-24"), ("2026-02-13", 5, "2026-02-27"),
    ("2026-02-13", 6, "2026-02-28"), ("2026-02-13", 7, "2026-03-02"), ("2026-02-18", 1, "2026-02-24"),
    # Across 国庆: 20 Sep is worked, 25 to 27 Sep and 1 to 7 Oct rest, 10 Oct is worked.
    ("2026-09-18", 1, "2026-09-20"), ("2026-09-18", 2, "2026-09-21"), ("2026-09-30", 1, "2026-10-08"),
    ("2026-09-30", 3, "2026-10-10"), ("2026-09-30", 4, "2026-10-12"), ("2026-09-24", 1, "2026-09-28"),
    # Backwards, and nothing.
    ("2026-10-08", -1, "2026-09-30"), ("2026-02-24", -2, "2026-02-13"), ("2026-10-03", 0, "2026-10-03"),
]  # fmt: skip


@pytest.mark.parametrize("start, count, due", DUES)
def test_so_many_working_days_after(start: str, count: int, due: str) -> None:
    found = YEAR.due(date.fromisoformat(start), count)
    assert (found.on.isoformat(), found.known, found.note) == (due, True, "")
    if count > 0:
        assert YEAR.between(date.fromisoformat(start), found.on) == count
        assert YEAR.between(found.on, date.fromisoformat(start)) == -count


@pytest.mark.parametrize(
    "day, after, before",
    [("2026-10-03", "2026-10-08", "2026-09-30"), ("2026-10-10", "2026-10-10", "2026-10-10"),
     ("2026-05-10", "2026-05-11", "2026-05-09")],
)  # fmt: skip
def test_the_next_and_the_last_working_day(day: str, after: str, before: str) -> None:
    on = date.fromisoformat(day)
    assert (YEAR.on_or_after(on).isoformat(), YEAR.on_or_before(on).isoformat()) == (after, before)


def test_a_year_without_a_notice_rests_on_weekends_and_legal_days_and_says_so() -> None:
    rest = [on.isoformat() for on in legal_days(2027)]
    assert rest == [
        "2027-01-01", "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-04-05", "2027-05-01", "2027-05-02",
        "2027-06-09", "2027-09-15", "2027-10-01", "2027-10-02", "2027-10-03",
    ]  # fmt: skip
    assert YEAR.day(date(2027, 2, 8)).why == f"春节（{ASSUMED}）"
    assert not YEAR.works(date(2027, 6, 9)) and YEAR.works(date(2027, 6, 10))
    due = YEAR.due(date(2026, 12, 30), 3)
    assert (due.on, due.known, due.note) == (date(2027, 1, 5), False, ASSUMED)
    assert YEAR.due(date(2026, 12, 30), 1).known


def test_a_loaded_year_rests_on_what_its_notice_says_and_nothing_else() -> None:
    loaded = Workdays({}, frozenset({2027}))
    assert loaded.works(date(2027, 1, 1)) and not YEAR.works(date(2027, 1, 1))


def test_the_table_of_moving_days_is_whole() -> None:
    for year in MOVING:
        days = legal_days(year)
        assert len(set(days.values())) >= 6 and 12 <= len(days) <= 13
        assert all(on.year == year for on in days)
        assert date(year, 1, 20) <= min(on for on, name in days.items() if name == "春节") <= date(year, 2, 20)


def test_a_beyond_the_table_year_keeps_the_days_that_do_not_move() -> None:
    assert [on.month for on in legal_days(2099)] == [1, 5, 5, 10, 10, 10]


def test_tables_and_json_say_the_same_as_the_words() -> None:
    lines = ["日期,节日,安排"]
    rows = []
    for on, (work, name) in DAYS_2026.items():
        lines.append(f"{on.year}/{on.month}/{on.day},{name},{'上班' if work else '放假'}")
        rows.append(f'{{"name": "{name}", "date": "{on}", "isOffDay": {"false" if work else "true"}}}')
    table = "\r\n".join(lines)
    assert from_bytes(table.encode("gb18030")).days == DAYS_2026
    assert from_bytes(table.encode("utf-8-sig")).days == DAYS_2026
    assert parse('{"year": 2026, "days": [' + ",".join(rows) + "]}").days == DAYS_2026
    assert sum(not work for work, _ in DAYS_2026.values()) == 33


WRONG = [
    (NOTICE.replace("共9天", "共8天"), "共 8 天"),
    (NOTICE.replace("（周四）至3日", "（周五）至3日"), "2026-01-01 是周五"),
    (NOTICE.replace("1月4日（周日）上班", "1月5日上班"), "2026-01-05 本来就是工作日"),
    (NOTICE.replace("2026年", ""), "不知道是哪一年"),
    (NOTICE.replace("6月19日（周五）至21日", "6月31日至33日"), "没有这一天"),
    ("日期,安排\n2027-01-01,放假", "节日太少"),
    ("日期,安排\n2027-13-01,放假", "第 2 行"),
    ("日期,安排\n2027-01-01,也许", "第 2 行没有写"),
    ('{"days": [{"date": "x"}]}', "不是认得的格式"),
    ("", "节日太少"),
]


@pytest.mark.parametrize("text, said", WRONG)
def test_a_notice_that_cannot_be_right_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(NoticeRefused, match=said):
        parse(text)


@pytest.mark.parametrize("data", [b"\xff" * 50, b"a" * (1024 * 1024 + 1)])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(NoticeRefused):
        from_bytes(data)


def test_due_and_between_agree_over_two_years() -> None:
    start = date(2026, 1, 1)
    for offset in range(0, 400, 7):
        on = start + timedelta(days=offset)
        for count in (1, 5, 15, 40):
            assert YEAR.between(on, YEAR.due(on, count).on) == count
