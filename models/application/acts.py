"""What may be done to an application; nothing else sets its stage, and each act leaves a trace."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from models import clock
from models.application import papers, prereview
from models.application.agencies import ApplicationAgency
from models.application.papers import ApplicationPaper
from models.application.reasons import RefusalReason
from models.application.record import Application
from models.application.trace import ApplicationMove
from models.base import db
from models.errors import Refused
from models.rules.application import ENDED, STAGES, MoveRefused, check_move
from models.user import User

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Going:
    """What somebody says when they move an application."""

    #: The day it happened; None: today.
    on: date | None = None
    words: str = ""
    reason: RefusalReason | None = None
    #: On one's word: papers that should be there are not.
    anyway: bool = False


def move(application: Application, user: User, at: datetime, to: str, going: Going = Going()) -> ApplicationMove:
    """Move it to another stage; the caller commits. Raises Refused for a move that the table does not have or not for
    this person, without the reason it needs, or for a day that cannot be."""
    today = clock.local(at).date()
    try:
        step = check_move(application.stage, to, application.relations_of(user, today), user.permissions)
    except MoveRefused as refused:
        raise Refused(str(refused)) from None
    on = going.on or today
    words = going.words.strip()[:LONGEST]
    _check_day(application, on, today)
    if step.with_words and not words:
        raise Refused("请写原因，以后查得到")
    if step.with_reason and going.reason is None:
        raise Refused("请选未通过的原因")
    reason = going.reason if step.with_reason else None
    if step.event == "forward":
        check_papers(application, to, anyway=going.anyway)
        check_review(application, to)
    return set_stage(application, to, on, ApplicationMove(
        event=step.event, at=at, by_id=user.id, words=words, reason_id=reason.id if reason else None,
    ))  # fmt: skip


class PapersMissing(Refused):
    """Papers that should be there are not; on somebody's word it goes on all the same."""


def check_papers(application: Application, to: str, *, anyway: bool = False) -> None:
    """Raise Refused naming the papers without which it cannot go to a stage, PapersMissing naming those without which
    it should not."""
    lines = papers.checklist(application.id, application.batch.type_id)
    lacks = papers.missing(lines, application.stage, to)
    musts = [rule.name for rule in lacks if rule.need == "refuse"]
    if musts:
        raise Refused(f"还缺{'、'.join(musts)}，到“{STAGES[to]}”以前必须有。材料到了先在清单里记上")
    if lacks and not anyway:
        raise PapersMissing(f"还缺{'、'.join(rule.name for rule in lacks)}。先推进的，勾上“材料还没齐，先推进”")


def check_review(application: Application, to: str) -> None:
    """Raise Refused when experts want something corrected first and the batch does not let it be filed like that."""
    if to == "submitted" and application.batch.review_refuses and (why := prereview.warning_of(application)):
        raise Refused(f"{why}。这一批要改完才能提交：改好的在申报页上勾掉")


def set_stage(application: Application, to: str, on: date, entry: ApplicationMove) -> ApplicationMove:
    """Bring it to a stage and note that in its trace."""
    entry.application_id, entry.from_stage, entry.to_stage, entry.moved_on = application.id, application.stage, to, on
    application.stage, application.stage_on = to, on
    application.ended_on = on if to in ENDED else None
    refused = to == "refused"
    application.reason_id = entry.reason_id if refused else None
    application.reason_words = entry.words if refused else ""
    db.session.add(entry)
    db.session.flush()
    return entry


def note(application: Application, user: User, at: datetime, words: str) -> ApplicationMove:
    """Write something down about it. Raises Refused without words or for a person who does not work on it."""
    check_works(application, user, at)
    if not words.strip():
        raise Refused("请写备注")
    return _event(application, user, at, "note", words)


def expect(application: Application, user: User, at: datetime, on: date | None) -> None:
    """Say when the firm means to file. Raises Refused for an application that is over."""
    check_works(application, user, at)
    _check_open(application)
    if on == application.expected_on:
        return
    application.expected_on = on
    _event(application, user, at, "expect", f"预计 {on} 提交" if on else "不再预计哪天提交")


def give_to(application: Application, user: User, at: datetime, coach: User | None) -> None:
    """Give it to another coach, or to nobody. Raises Refused for an application that is over."""
    check_works(application, user, at)
    _check_open(application)
    if application.coach_id == (coach.id if coach else None):
        return
    application.coach_id = coach.id if coach else None
    _event(application, user, at, "coach", f"交给{coach.name}" if coach else "不再指定辅导干部")


def remove(application: Application, user: User, at: datetime) -> None:
    """Take a firm out of a batch that was entered by mistake: only while nothing happened to it. Raises Refused."""
    check_works(application, user, at)
    moved = select(ApplicationMove.id).where(
        ApplicationMove.application_id == application.id, ApplicationMove.event.not_in(("enter", "coach", "expect"))
    )  # fmt: skip
    if application.stage != "intention" or db.session.scalar(moved.limit(1)) is not None:
        raise Refused("已经有过记录，不能从批次里拿掉；不报了请用“放弃”，写上原因")
    later = select(Application.id).where(Application.before_id == application.id)
    if db.session.scalar(later.limit(1)) is not None:
        raise Refused("后来的申报接着这一条，不能拿掉")
    db.session.execute(delete(ApplicationMove).where(ApplicationMove.application_id == application.id))
    for row in (*ApplicationPaper.list_of(application.id).values(), *ApplicationAgency.list_of(application.id)):
        db.session.delete(row)
    db.session.flush()
    db.session.delete(application)
    db.session.flush()


def _event(application: Application, user: User, at: datetime, event: str, words: str) -> ApplicationMove:
    entry = ApplicationMove(
        application_id=application.id, event=event, from_stage=application.stage, to_stage=application.stage,
        moved_on=clock.local(at).date(), at=at, by_id=user.id, words=words.strip()[:LONGEST],
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    return entry


def check_works(application: Application, user: User, at: datetime) -> None:
    """Raise Refused for a person who does not work on it, naming whom to ask."""
    if not application.may_work(user, clock.local(at).date()):
        who = f"由{application.coach.name}辅导" if application.coach else "由联系干部辅导"
        raise Refused(f"这件{who}，要改请告诉本人，或请综合科换辅导干部")


def _check_open(application: Application) -> None:
    if not application.is_open:
        raise Refused(f"这件 {application.ended_on} 已经“{STAGES[application.stage]}”，不用再改")


def _check_day(application: Application, on: date, today: date) -> None:
    if on > today:
        raise Refused("日期不能晚于今天；还没发生的，到那天再记")
    if on < application.stage_on:
        raise Refused(f"日期不能早于到“{STAGES[application.stage]}”的那天（{application.stage_on}）")
