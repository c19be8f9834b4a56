"""An application (申报): its stages, and who may move it from where to where. One table holds every move; pages ask it
which buttons to show, acts ask it before they write."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

#: Before an application is anything.
START = ""
STAGES: dict[str, str] = {
    "intention": "意向",
    "coaching": "辅导",
    "pre_review": "预评审",
    "submitted": "已提交",
    "accepted": "受理",
    "in_review": "评审",
    "public_notice": "公示",
    "granted": "发证",
    "refused": "未通过",
    "abandoned": "放弃",
}
#: The way of an application that goes well.
WAY = ("intention", "coaching", "pre_review", "submitted", "accepted", "in_review", "public_notice", "granted")
ENDED = ("granted", "refused", "abandoned")
OPEN = tuple(stage for stage in STAGES if stage not in ENDED)
#: The bureau and the firm are still at work on it.
PREPARING = ("intention", "coaching", "pre_review")
#: Filed, and nothing published yet.
DECIDING = ("submitted", "accepted", "in_review")
#: It lies with those who decide.
FILED = ("submitted", "accepted", "in_review", "public_notice")

KINDS: dict[str, str] = {"first": "首次", "renewal": "重新认定"}

#: Who somebody can be towards an application → the right that part needs; a published list needs none.
RIGHT_OF: dict[str, str] = {"coach": "applications.edit", "office": "applications.decide", "list": ""}
WHO_NAMES: dict[str, str] = {"coach": "辅导干部", "office": "登记评审结果的人", "list": "导入的名单"}

EVENTS: dict[str, str] = {
    "enter": "列入批次",
    "forward": "推进",
    "back": "退回",
    "refuse": "未通过",
    "abandon": "放弃",
    "reopen": "恢复",
    "list": "名单导入",
    # Events that change no stage.
    "note": "备注",
    "coach": "换辅导干部",
    "expect": "改预计提交",
}
#: Which of these must say why.
WITH_WORDS = ("back", "abandon", "reopen", "note")
VIAS: dict[str, str] = {"form": "页面", "import": "导入", "job": "自动"}

#: The dates a batch may have, in their order: name, and the stage an application should have reached by the end of it.
DATES: dict[str, tuple[str, str | None]] = {
    "opens": ("开始申报", None),
    "papers": ("预评审材料交齐", "pre_review"),
    "firm": ("企业网上提交截止", "submitted"),
    "district": ("区里推荐截止", "accepted"),
    "city": ("市里受理截止", "accepted"),
    "province": ("省里受理截止", "in_review"),
    "notice": ("预计公示", None),
    "announcement": ("预计公告", None),
}

#: Why an application was refused; what an office begins with. The key of a row is kept, its words may change.
REASONS: tuple[tuple[str, str], ...] = (
    ("revenue_share", "高新技术产品（服务）收入占比不够"),
    ("rd_share", "研发费用占比不够或归集不实"),
    ("rd_staff", "科技人员占比不够"),
    ("ip", "知识产权不够或与主营产品不相关"),
    ("field", "技术领域不符"),
    ("score", "创新能力评价得分不够"),
    ("audit", "专项审计报告不合要求"),
    ("papers", "材料不全或前后矛盾"),
    ("conduct", "申报期内有重大安全、质量事故或严重违法"),
    ("unlisted", "不在公布的名单上，未告知原因"),
    ("other", "其他"),
)
#: The reason that the one click on a proposal gives.
UNLISTED = "unlisted"


class MoveRefused(ValueError):
    """A move that the table does not have, or not for this person; the message says so in an officer's words."""


@dataclass(frozen=True)
class Move:
    """A move: its event, and the parts that may make it."""

    event: str
    by: tuple[str, ...]

    @property
    def with_words(self) -> bool:
        """Whether it must say why."""
        return self.event in WITH_WORDS

    @property
    def with_reason(self) -> bool:
        """Whether it must name a reason of the office's list."""
        return self.event == "refuse"


_COACH = ("coach", "office")
_OFFICE = ("office",)
_PUBLISHED = ("office", "list")


def _by_list(stage: str) -> dict[tuple[str, str], Move]:
    """A published list outweighs what was noted: it moves from anywhere."""
    return {
        (old, stage): Move("list", ("list",))
        for old in STAGES
        if old not in (stage, "granted") and (old, stage) not in _BY_HAND
    }


_BY_HAND: dict[tuple[str, str], Move] = {
    (START, "intention"): Move("enter", _COACH),
    # Forward. A firm may file without a pre-review.
    ("intention", "coaching"): Move("forward", _COACH),
    ("coaching", "pre_review"): Move("forward", _COACH),
    ("coaching", "submitted"): Move("forward", _COACH),
    ("pre_review", "submitted"): Move("forward", _COACH),
    ("submitted", "accepted"): Move("forward", _OFFICE),
    ("accepted", "in_review"): Move("forward", _OFFICE),
    ("in_review", "public_notice"): Move("forward", _PUBLISHED),
    ("public_notice", "granted"): Move("forward", _PUBLISHED),
    # Back, with the reason.
    ("coaching", "intention"): Move("back", _COACH),
    ("pre_review", "coaching"): Move("back", _COACH),
    ("submitted", "coaching"): Move("back", _OFFICE),
    ("accepted", "submitted"): Move("back", _OFFICE),
    ("in_review", "accepted"): Move("back", _OFFICE),
    ("public_notice", "in_review"): Move("back", _OFFICE),
    ("granted", "public_notice"): Move("back", _OFFICE),
    # Out.
    **{(stage, "abandoned"): Move("abandon", _COACH) for stage in PREPARING},
    **{(stage, "abandoned"): Move("abandon", _OFFICE) for stage in FILED},
    **{(stage, "refused"): Move("refuse", _OFFICE) for stage in FILED},
    # And in again: somebody ended it too early.
    ("abandoned", "coaching"): Move("reopen", _COACH),
    ("refused", "in_review"): Move("reopen", _OFFICE),
}

#: (from, to) → the move. What is not here cannot happen.
MOVES: dict[tuple[str, str], Move] = {**_BY_HAND, **_by_list("public_notice"), **_by_list("granted")}


def may(by: Iterable[str], who: Collection[str], permissions: Collection[str]) -> bool:
    """Whether one of these parts is this person's, with its right."""
    return any(part in who and (not RIGHT_OF[part] or RIGHT_OF[part] in permissions) for part in by)


def check_move(old: str, new: str, who: Collection[str], permissions: Collection[str]) -> Move:
    """The move from one stage to the other for somebody who is this towards the application and has these rights.

    Raises MoveRefused when there is none, or none for them.
    """
    move = MOVES.get((old, new))
    hand = move is not None and (move.by != ("list",) or "list" in who)
    if move is None or not hand:
        raise MoveRefused(f"现在是“{STAGES.get(old, '还没有列入')}”，不能直接到“{STAGES.get(new, new)}”")
    if not may(move.by, who, permissions):
        names = "、".join(WHO_NAMES[part] for part in move.by if part != "list")
        raise MoveRefused(f"从“{STAGES.get(old, '')}”到“{STAGES[new]}”，只能由{names}来做")
    return move


def choices(stage: str, who: Collection[str], permissions: Collection[str]) -> dict[str, Move]:
    """The stages somebody may move it to now, each with its move: forward first; guards may still refuse."""
    found = {
        new: move
        for (old, new), move in MOVES.items()
        if old == stage and move.by != ("list",) and may(move.by, who, permissions)
    }
    return dict(sorted(found.items(), key=lambda pair: _ORDER.index(pair[1].event)))


_ORDER = ("enter", "forward", "reopen", "back", "refuse", "abandon", "list")


def relations(
    user_id: int, coach_id: int | None, officers: Iterable[int | None], stands_for: Collection[int]
) -> set[str]:
    """What a person is towards an application: its coach, who looks after its firm, or anybody where neither is named;
    whoever stands in for one who is away is that person."""
    people = {person for person in (coach_id, *officers) if person is not None}
    mine = not people or bool(people & {user_id, *stands_for})
    return {"office", "coach"} if mine else {"office"}


def kind_of(ends: Iterable[date | None], year: int, *, yearly: bool) -> str:
    """renewal when the firm held the same title until some day of the batch's year or later (None: without end); of a
    yearly title, that of the year before is enough (product.md, 重新认定)."""
    since = year - 1 if yearly else year
    return "renewal" if any(on is None or on.year >= since for on in ends) else "first"


@dataclass(frozen=True)
class Deadline:
    """The date of a batch that concerns an application next."""

    key: str
    on: date
    #: The day went by and the application has not come so far.
    late: bool

    @property
    def name(self) -> str:
        """What has to be done by then."""
        return DATES[self.key][0]


def next_deadline(stage: str, dates: Iterable[tuple[str, date]], today: date) -> Deadline | None:
    """The earliest date by which an application should stand further than it does; None when none concerns it."""
    if stage in ENDED:
        return None
    here = WAY.index(stage)
    wanted = [(on, key) for key, on in dates if (goal := DATES[key][1]) is not None and WAY.index(goal) > here]
    if not wanted:
        return None
    on, key = min(wanted)
    return Deadline(key, on, on < today)


#: What a list of titles may be to a batch.
RESULTS: dict[str, str] = {"notice": "公示", "announcement": "公告"}


def unlisted_stages(kind: str) -> tuple[str, ...]:
    """The stages in which somebody who is not on a list of this kind may have been refused."""
    return DECIDING if kind == "notice" else FILED


@dataclass(frozen=True, slots=True)
class Tracked:
    """An application as a published list meets it."""

    id: int
    firm_id: int
    batch_id: int
    year: int
    round: int
    #: The first day of its batch.
    since: date
    stage: str
    stage_on: date


def meant_by(tracked: Iterable[Tracked], on: date, number: int | None) -> Tracked | None:
    """The application that a list of a day speaks of, of those of one firm for one title: the batch must have begun,
    in that year or the one before. The batch of the number that the list gives goes first, then the latest: provinces
    and districts do not always count alike."""
    fits = [one for one in tracked if one.since <= on and on.year - one.year in (0, 1)]
    return max(fits, key=lambda one: (one.round == number, one.year, one.round), default=None)


def goal_of(stage: str, kind: str) -> str | None:
    """The stage a list of this kind brings an application to; None when it stands there or further."""
    goal = "public_notice" if kind == "notice" else "granted"
    if stage in WAY and WAY.index(stage) >= WAY.index(goal):
        return None
    return goal


#: What an application may lack: it cannot go on, it can on somebody's word, it does not matter.
NEEDS: dict[str, str] = {"refuse": "必须", "warn": "应有，可先推进", "none": "可选"}

#: The papers a title asks for (国科发火〔2016〕195号, 申请材料), as a bureau begins: stage that is not left without it,
#: name, need, whether it lasts until another year, hint.
PAPERS: dict[str, tuple[tuple[str, str, str, bool, str], ...]] = {
    "hnte": (
        ("intention", "营业执照", "refuse", True, "成立满一年"),
        ("coaching", "知识产权证书及缴费凭证", "refuse", True, "Ⅰ类、Ⅱ类分开，受让的附转让登记"),
        ("coaching", "科研项目立项和结题材料", "warn", False, "近三年，和研发活动表对得上"),
        ("coaching", "科技成果转化材料", "warn", False, "近三年，每项有总体情况和佐证"),
        ("coaching", "职工和科技人员情况说明", "warn", False, "人数、比例、累计在企满 183 天"),
        ("coaching", "研发费用辅助账", "warn", False, "近三个会计年度"),
        ("pre_review", "近三年研发费用专项审计报告", "refuse", False, "有资质的中介机构出具"),
        ("pre_review", "近一年高新技术产品（服务）收入专项审计报告", "refuse", False, "有资质的中介机构出具"),
        ("pre_review", "近三年财务会计报告", "refuse", False, "会计报表、报表附注、财务情况说明书"),
        ("pre_review", "近三年企业所得税年度纳税申报表", "refuse", False, "含主表和附表"),
        ("pre_review", "高新技术产品（服务）说明", "warn", False, "关键技术、技术指标、检验报告"),
        ("pre_review", "高新技术企业认定申请书", "warn", False, "网上填报后打印，盖章"),
    ),
}


def papers_before(old: str, new: str) -> tuple[str, ...]:
    """The stages whose papers have to be there to go from one stage forward to another; none on any other way."""
    if old not in WAY or new not in WAY or WAY.index(new) <= WAY.index(old):
        return ()
    return tuple(stage for stage in PREPARING if WAY.index(stage) < WAY.index(new))
