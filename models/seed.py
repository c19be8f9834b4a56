"""The rows every database holds from its first day. Each feature adds its own; running it again changes nothing."""

from sqlalchemy import literal, select

from models import calendar, duty, opinion, pool, title
from models.application import papers
from models.application import reasons as refusal_reasons
from models.base import db
from models.issue import kinds as issue_kinds
from models.rules.access import ROLES
from models.scheme import record as scheme
from models.user import Role
from models.visit import kinds, outcomes

#: Tables that hold rows before anybody has worked with the system.
NOT_DATA = frozenset(
    {
        "role", "title_type", "pool_type", "visit_kind", "service", "contact_scheme_kind", "outcome_kind", "setting",
        "opinion_kind", "issue_class", "issue_topic", "duty_rule", "refusal_reason",
        "paper_rule", "pool_stage", "pool_exit",
        "job_override", "job_run", "job_since", "worker_lease", "task", "change", "calendar_day", "calendar_year",
    }
)  # fmt: skip
#: The trail may begin before there is an account; nothing takes it away again.
TRAIL = frozenset({"audit_entry", "audit_seal"})


def seed_defaults() -> None:
    """Add the default rows that are missing; rows an administrator edited stay as they are. The caller commits."""
    held = set(db.session.scalars(select(Role.name)))
    for name, permissions in ROLES.items():
        if name not in held:
            db.session.add(Role(name=name, permissions=permissions))
    title.seed_defaults()
    pool.seed_defaults()
    calendar.seed_defaults()
    kinds.seed_defaults()
    scheme.seed_defaults()
    outcomes.seed_defaults()
    opinion.seed_defaults()
    issue_kinds.seed_defaults()
    duty.seed_defaults()
    refusal_reasons.seed_defaults()
    papers.seed_defaults()
    db.session.flush()


def first_table_with_data(allowed: frozenset[str] = TRAIL) -> str | None:
    """The name of a table with rows beyond those of the first day; None in a database that nobody has used."""
    for table in db.metadata.sorted_tables:
        if (
            table.name not in NOT_DATA | allowed
            and db.session.execute(select(literal(1)).select_from(table).limit(1)).first()
        ):
            return table.name
    return None
