"""One person's digest out of what was gathered for everybody: only their rows, only what they may see. No statement."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta

from models.digest.firms import FirmAt
from models.digest.gather import Gathered, IssuePart, Line
from models.digest.readers import Reader
from models.issue.queues import DESK, REVIEW, SUPERVISE
from models.rules import digest as rules
from models.rules.application import STAGES as APPLICATION_STAGES
from models.rules.digest import Digest, Item, Section, due_light
from models.rules.issue import STATES
from models.rules.ladder import MOVE_NAMES, RUNG_NAMES
from models.rules.mail_act import Wanted
from models.rules.plan import monday_of

#: Who decides on which page: its permission, its address, its queues and which of them are a decision that waits.
DECISIONS = {
    "desk": ("issues.dispatch", "/issues/desk", DESK, ("objected", "registered", "admitted", "unsigned", "parked")),
    "supervise": ("issues.supervise", "/issues/supervise", SUPERVISE, ("extensions", "no_slip", "up")),
    "review": ("issues.close", "/issues/review", REVIEW, ("in_review",)),
}


def compose(reader: Reader, week: Gathered) -> Digest:
    """What this person is told: as officer of firms, for the whole bureau, for an area, or all of these."""
    sections: list[Section] = []
    for part, makers in (("own", OWN), ("bureau", BUREAU), ("area", AREA)):
        if part in reader.parts:
            sections += [make(reader, week) for make in makers]
    return rules.digest(reader.id, reader.name, week.on, _joined(sections))


def my_day(reader: Reader, day: Gathered) -> list[Section]:
    """What lies with one person today (gather_for), for the first page: the same rows as in the mail, with nothing of
    what only changed."""
    makers = [make for part, make in TODAY if part in reader.parts]
    return list(rules.digest(reader.id, reader.name, day.on, _joined([make(reader, day) for make in makers])).sections)


def _joined(sections: Iterable[Section]) -> list[Section]:
    """Of two sections of one kind the wider one: the bureau's stands for a person's own."""
    found: dict[str, Section] = {}
    for one in sections:
        if one.key not in found or one.total >= found[one.key].total:
            found[one.key] = one
    return list(found.values())


def _cares(reader: Reader, firm: FirmAt) -> bool:
    place = firm.place
    return reader.whose(place.officer_a_id) or reader.whose(place.officer_b_id)


def _mine(reader: Reader, firm: FirmAt) -> bool:
    """A firm this person looks after, today also for somebody away, and may see."""
    return _cares(reader, firm) and reader.sees(firm.place)


def _instead(reader: Reader, people: Iterable[int]) -> str:
    """代某某: for whom this person stands in; empty for their own work."""
    held = list(people)
    return "" if reader.id in held else "、".join(f"代{reader.acts_for[one]}" for one in held if one in reader.acts_for)


def _issues(reader: Reader, week: Gathered) -> Section:
    items, late, to_sign = [], 0, 0
    for part in week.parts:
        if not reader.whose(part.person_id):
            continue
        light, chip = _part_light(part, week)
        late += light == "red"
        to_sign += part.lead and part.state == "dispatched"
        note = "，".join(filter(None, [_what_next(part), _instead(reader, [part.person_id])]))
        act = _act_of(part, week)
        offered = Wanted(reader.id, act, part.issue_id) if act else None
        words, path = f"{part.firm.name}：{part.title}", f"/issues/{part.issue_id}"
        items.append(Item(words, path, light, chip, note, "办理" if part.lead else "答复", offered))
    items.sort(key=lambda one: _URGENCY[one.light])
    parts = ((late, "件问题逾期"), (to_sign, "件待签收"), (len(items) - late - to_sign, "件本周要办"))
    return rules.section("issues", "要办的问题", items, "/issues/mine", rules.counted(parts))


_URGENCY = {"red": 0, "yellow": 1, "": 2}


def _act_of(part: IssuePart, week: Gathered) -> str:
    """What can be done to it from the mail: take it, or ask for more time while there is some."""
    if not part.lead:
        return ""
    if part.state == "dispatched":
        return "issue.sign"
    in_time = part.due_on is not None and part.due_on > week.on
    return "issue.extend" if part.state in ("signed_for", "in_progress") and in_time else ""


def _part_light(part: IssuePart, week: Gathered) -> tuple[str, str]:
    if part.lead and part.state == "dispatched" and part.sign_due_on is not None:
        return "yellow", f"{part.sign_due_on:%m-%d} 前签收"
    return due_light(part.due_on, week.on) if part.due_on is not None else ("", "不限时")


def _what_next(part: IssuePart) -> str:
    if not part.lead:
        return "请协办单位答复"
    return "" if part.state == "in_progress" else STATES[part.state]


def _promises(reader: Reader, week: Gathered) -> Section:
    items, late = [], 0
    for row in week.promises:
        if reader.whose(row.person_id) and reader.sees(row.firm.place):
            light, chip = due_light(row.due_on, week.on)
            late += light == "red"
            note = _instead(reader, [row.person_id])
            items.append(
                Item(f"答应{row.firm.name}：{row.words}", f"/promises/{row.id}/done", light, chip, note, "答复",
                     Wanted(reader.id, "promise.done", row.id))
            )  # fmt: skip
    parts = ((late, "项承诺逾期未答复"), (len(items) - late, "项承诺本周到期"))
    return rules.section("promises", "答复承诺", items, "/promises/", rules.counted(parts))


def _plan(reader: Reader, week: Gathered) -> Section:
    monday = monday_of(week.on)
    items = [
        Item(_line_words(line), f"/plan/?week={monday}", "", f"{line.planned_on:%m-%d}", _instead(reader, line.people),
             act=None if line.firm else Wanted(reader.id, "plan.done", line.id))
        for line in week.lines
        if line.planned_on >= monday and not line.outcome and any(reader.whose(one) for one in line.people)
        and (line.firm is None or reader.sees(line.firm.place))
    ]  # fmt: skip
    return rules.section("plan", "本周安排", items, "/plan/", f"本周安排 {len(items)} 项")


def _line_words(line: Line) -> str:
    return "：".join(filter(None, [line.firm.name if line.firm else "", line.words])) or "走访"


def _my_duties(reader: Reader, week: Gathered) -> Section:
    return _duties(week, lambda firm: _mine(reader, firm), "/duties/")


def _bureau_duties(reader: Reader, week: Gathered) -> Section:
    return _duties(week, lambda firm: reader.sees(firm.place), "/duties/?who=all")


def _duties(week: Gathered, wanted: Callable[[FirmAt], bool], path: str) -> Section:
    """Duties put together by what and when: a list of thirty firms with one date is one row."""
    held: dict[tuple[str, str, str], list[FirmAt]] = {}
    for row, firm in week.duties:
        if wanted(firm):
            held.setdefault((f"{row.duty.due_on:%Y-%m-%d}", row.duty.rule.key, row.duty.rule.name), []).append(firm)
    items = []
    join = "&" if "?" in path else "?"
    for (day, key, name), firms in sorted(held.items()):
        said = firms[0].name if len(firms) == 1 else f"{firms[0].name}等 {len(firms)} 家"
        items.append(Item(f"{name}：{said}", f"{path}{join}rule={key}&due={day}", "", f"{day[5:]} 前"))
    return rules.section("duties", "应办事项", items, path, f"{len(items)} 类应办事项两周内到期")


def _my_moves(reader: Reader, week: Gathered) -> Section:
    return _moves(week, lambda firm: _mine(reader, firm), "我联系的企业")


def _area_moves(reader: Reader, week: Gathered) -> Section:
    return _moves(week, lambda firm: reader.sees(firm.place), "本辖区")


def _moves(week: Gathered, wanted: Callable[[FirmAt], bool], whose: str) -> Section:
    items = [
        Item(f"{row.firm.name}：{RUNG_NAMES[row.step.old]} → {RUNG_NAMES[row.step.new]}", f"/firms/{row.firm.id}", "",
             MOVE_NAMES[row.step.move])
        for row in week.moved if wanted(row.firm)
    ]  # fmt: skip
    path = f"/funnel/?since={week.since}&on={week.on}"
    return rules.section("moves", "梯队变动", items, path, f"{whose}有 {len(items)} 家梯级变动")


def _bureau_moves(reader: Reader, week: Gathered) -> Section:
    """The bureau asks how many, not who: one row for each kind of move."""
    counts = Counter(row.step.move for row in week.moved if reader.sees(row.firm.place))
    path = f"/funnel/?since={week.since}&on={week.on}"
    items = [
        Item(f"{MOVE_NAMES[move]} {count} 家", f"/firms/?figure=move.{move.value}&since={week.since}&on={week.on}")
        for move, count in sorted(counts.items(), key=lambda pair: list(MOVE_NAMES).index(pair[0]))
    ]
    return rules.section("moves", "梯队变动", items, path, f"{sum(counts.values())} 家梯级变动")


def _ending(reader: Reader, week: Gathered) -> Section:
    return _endings(week, lambda firm: _mine(reader, firm))


def _area_ending(reader: Reader, week: Gathered) -> Section:
    return _endings(week, lambda firm: reader.sees(firm.place))


def _endings(week: Gathered, wanted: Callable[[FirmAt], bool]) -> Section:
    items = [
        Item(f"{row.firm.name}：{row.title}", f"/firms/{row.firm.id}", "yellow" if row.stage <= 30 else "",
             f"{row.ends_on:%m-%d} 到期")
        for row in week.endings if wanted(row.firm)
    ]  # fmt: skip
    return rules.section("ending", "快到期的资质", items, "/firms/?ends_within=90", f"{len(items)} 项资质快到期")


def _unseen(reader: Reader, week: Gathered) -> Section:
    items = [
        Item(row.firm.name, f"/firms/{row.firm.id}", "", f"上次 {row.last_on:%m-%d}", f"该 {row.days} 天去一次")
        for row in week.unseen if _mine(reader, row.firm)
    ]  # fmt: skip
    path = f"/visits/coverage/firms?part=beyond&officer={reader.id}"
    return rules.section("unseen", "新过走访间隔的企业", items, path, f"{len(items)} 家过了走访间隔")


def _coached(reader: Reader, week: Gathered) -> Section:
    items, late = [], 0
    for row in week.coached:
        if reader.whose(row.coach_id) and reader.sees(row.firm.place) and "applications.view" in reader.permissions:
            light, chip = due_light(row.deadline.on, week.on)
            late += row.deadline.late
            words = f"{row.firm.name}：{row.deadline.name}（{APPLICATION_STAGES[row.stage]}）"
            items.append(Item(words, f"/applications/{row.id}", light, chip, row.batch, "办理"))
    items.sort(key=lambda one: _URGENCY[one.light])
    parts = ((late, "家申报过了期限"), (len(items) - late, "家申报两周内到期"))
    return rules.section("batches", "辅导申报", items, f"/applications/all?coach={reader.id}", rules.counted(parts))


def _batches(reader: Reader, week: Gathered) -> Section:
    items = []
    for row in week.batches if reader.sight == "all" and "applications.view" in reader.permissions else ():
        moved = f"推进 {row.moved} 次" if row.moved else ""
        near = f"{row.next_on:%m-%d} {row.next_name}" if row.next_on else ""
        note = "，".join(filter(None, [moved, near]))
        items.append(Item(f"{row.name}：{row.words or '还没有企业'}", f"/applications/batches/{row.id}", "", "", note))
    return rules.section("batches", "申报进度", items, "/applications/", f"{len(items)} 个申报批次有进展或将到期")


def _decide(reader: Reader, week: Gathered) -> Section:
    items: list[Item] = []
    total = 0
    for page, (permission, path, names, keys) in DECISIONS.items():
        if permission in reader.permissions and reader.sight == "all":
            counts = {key: week.waiting.get((page, key), 0) for key in keys}
            total += sum(counts.values())
            items += [
                Item(f"{names[key]} {count} 件", f"{path}?part={key}", verb="决定")
                for key, count in counts.items() if count
            ]  # fmt: skip
    return rules.section("decide", "等你决定", items, items[0].path if items else "/", f"{total} 件等你决定")


def _red_units(reader: Reader, week: Gathered) -> Section:
    rows = week.red_units if reader.sight == "all" and "issues.view" in reader.permissions else []
    items = [
        Item(f"{name}：逾期 {late} 件", f"/issues/?light=red&unit={unit_id}", "red", f"{late} 件",
             f"未答复的督办单 {slips} 张" if slips else "")
        for unit_id, name, late, slips in rows
    ]  # fmt: skip
    total = sum(late for _, _, late, _ in rows)
    return rules.section("red_units", "逾期问题（按牵头单位）", items, "/issues/?light=red", f"全区 {total} 件问题逾期")


def _area_issues(reader: Reader, week: Gathered) -> Section:
    items = []
    for issue, firm in week.lit:
        if reader.sees(firm.place) and "issues.view" in reader.permissions:
            light, chip = due_light(issue.due_on, week.on) if issue.due_on else ("yellow", "临期")
            items.append(Item(f"{firm.name}：{issue.title}", f"/issues/{issue.id}", light or "yellow", chip))
    late = sum(one.light == "red" for one in items)
    parts = ((late, "件逾期"), (len(items) - late, "件临期"))
    said = rules.counted(parts)
    return rules.section(
        "red_units", "本辖区逾期、临期的问题", items, "/issues/?light=red", f"本辖区 {said}" if said else ""
    )


def _plan_done(reader: Reader, week: Gathered) -> Section:
    """Last week by unit: how much of what was planned was done."""
    monday = monday_of(week.on)
    planned: Counter[str] = Counter()
    done: Counter[str] = Counter()
    for line in week.lines:
        if line.planned_on < monday and reader.sight == "all":
            for unit in {week.unit_of.get(one, "没有科室") for one in line.people}:
                planned[unit] += 1
                done[unit] += line.outcome == "done"
    path = f"/plan/?week={monday - timedelta(days=7)}&who=all"
    items = [Item(f"{unit}：落实 {done[unit]}／{planned[unit]} 项", path) for unit in sorted(planned)]
    return rules.section("plan_done", "上周安排落实", items, path, "")


OWN = (_issues, _promises, _plan, _my_duties, _coached, _my_moves, _ending, _unseen)
BUREAU = (_decide, _red_units, _batches, _bureau_moves, _bureau_duties, _plan_done)
AREA = (_issues, _promises, _plan, _area_issues, _area_moves, _area_ending)
#: What the first page asks for, and whose part it is.
TODAY = (
    ("own", _issues), ("own", _promises), ("own", _plan), ("own", _my_duties), ("own", _coached), ("bureau", _decide),
    ("bureau", _red_units), ("area", _issues), ("area", _promises), ("area", _plan), ("area", _area_issues),
)  # fmt: skip
