"""Real addresses for the walks over every route: what each argument of a URL stands for."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from models import clock
from models.base import db
from models.phone import Phone
from models.user_session import UserSession
from tests.support import (
    application_factories,
    assessment_factories,
    book_factories,
    city_book_factories,
    duty_factories,
    factories,
    handing,
    input_factories,
    issue_factories,
    issue_parts,
    mail_factories,
    pool_factories,
    reminder_factories,
    report_factories,
    scheme_factories,
    target_factories,
)
from tests.support.factories import make_absence, make_membership, make_unit

#: URL argument → makes a row and returns its value. A feature adds its own arguments here.
ARGUMENTS: dict[str, Callable[[], object]] = {
    "token": lambda: "x" * 43,
    "link_id": lambda: handing.make_calendar_link().id,
    "handover_id": lambda: handing.make_handover().id,
    "line_id": lambda: factories.make_plan_line().id,
    "title_id": lambda: factories.make_title(factories.make_firm()).id,
    "type_id": lambda: factories.make_title(factories.make_firm()).type_id,
    "pool_type_id": lambda: factories.make_pool_type().id,
    "application_batch_id": lambda: application_factories.make_application_batch().id,
    "application_id": lambda: application_factories.make_application().id,
    "stage": lambda: "coaching",
    "paper_rule_id": lambda: application_factories.make_paper_rule().id,
    "agency_id": lambda: application_factories.make_agency().id,
    "meeting_id": lambda: application_factories.the_review_item().meeting_id,
    "item_id": lambda: application_factories.the_review_item().id,
    "finding_id": lambda: application_factories.make_finding().id,
    "reason_id": lambda: application_factories.make_reason().id,
    "batch_id": lambda: factories.make_batch().id,
    "phone_id": lambda: Phone.register(factories.make_user(), "", clock.now())[0].id,
    "plan_id": lambda: assessment_factories.make_firm_plan().id,
    "step_id": lambda: assessment_factories.make_firm_plan().steps[0].id,
    "version": lambda: book_factories.make_numbered_book().version,
    "firm_id": lambda: factories.make_firm().id,
    "user_id": lambda: factories.make_user().id,
    "task_id": lambda: factories.make_task().id,
    "contact_id": lambda: factories.make_contact().id,
    "view_id": lambda: factories.make_saved_view().id,
    "act": lambda: "sign",
    "what": lambda: "answer",
    "page": lambda: "firms",
    "merge_id": lambda: factories.make_merge().id,
    "visit_id": lambda: factories.make_visit().id,
    "photo_id": lambda: factories.make_photo().id,
    "demand_id": lambda: factories.make_demand().id,
    "promise_id": lambda: factories.make_promise().id,
    "kind_id": lambda: factories.make_visit_kind().id,
    "service_id": lambda: factories.make_service().id,
    "campaign_id": lambda: factories.make_campaign().id,
    "visit_uuid": lambda: factories.make_visit().uuid,
    "sha256": lambda: "a" * 64,
    "opinion_id": lambda: scheme_factories.make_opinion().id,
    "opinion_kind_id": lambda: scheme_factories.make_opinion_kind().id,
    "team_id": lambda: scheme_factories.make_team().id,
    "team_firm_id": lambda: scheme_factories.make_team_firm().id,
    "outcome_kind_id": lambda: scheme_factories.make_outcome_kind().id,
    "scheme_contact_id": lambda: scheme_factories.make_scheme_contact().id,
    "scheme_kind_id": lambda: scheme_factories.make_scheme_kind().id,
    "input_id": lambda: input_factories.make_input().id,
    "input_link_id": lambda: input_factories.make_input_link().id,
    "group": lambda: "staff",
    "mail_id": lambda: mail_factories.make_mail().id,
    "job_name": lambda: "clocks",
    "rule_key": lambda: "hnte_report",
    "period": lambda: "2027",
    "done_id": lambda: duty_factories.make_duty_done().id,
    "duty_rule_id": lambda: duty_factories.make_duty_rule().id,
    "window_id": lambda: duty_factories.make_duty_window().id,
    "tag_id": lambda: factories.make_tag().id,
    "area_id": lambda: factories.make_area().id,
    "unit_id": lambda: make_unit().id,
    "membership_id": lambda: make_membership().id,
    "absence_id": lambda: make_absence().id,
    "role_name": lambda: "officer",
    "import_id": lambda: factories.make_import().id,
    "number": lambda: 1,
    "mapping_id": lambda: factories.make_mapping().id,
    "decision_id": lambda: factories.make_match_decision().id,
    "drop_id": lambda: factories.make_import().id,
    "row_id": lambda: factories.make_import_row().id,
    "effect": lambda: "held",
    "list_key": lambda: "problem",
    "ending": lambda: "xlsx",
    "figure_key": lambda: "on_time",
    "edition_id": lambda: issue_factories.make_edition().id,
    "tree": lambda: "area",
    "report_id": lambda: report_factories.an_issued().id,
    "kind": lambda: "month",
    "to": lambda: "in_review",
    "assignment_id": lambda: issue_factories.make_assignment().id,
    "issue_id": lambda: issue_factories.make_issue().id,
    "offer_id": lambda: issue_factories.make_offer().id,
    "issue_file_id": lambda: issue_factories.make_issue_file().id,
    "event": lambda: "reply",
    "group_id": lambda: issue_factories.make_issue(group_id=issue_factories.make_issue_group().id).group_id,
    "class_id": lambda: issue_factories.make_issue_class().id,
    "topic_id": lambda: issue_factories.make_topic().id,
    "outside_id": lambda: issue_factories.make_outside_handler().id,
    "menu_item_id": lambda: issue_factories.make_menu_item().id,
    "clock_key": lambda: "sign",
    "slip_id": lambda: issue_parts.make_slip().id,
    "spot_check_id": lambda: issue_parts.make_spot_check().id,
    "member_id": lambda: pool_factories.make_member().id,
    "stage_id": lambda: pool_factories.make_stage().id,
    "exit_id": lambda: pool_factories.make_exit().id,
    "doing": lambda: "owner",
    "training_id": lambda: pool_factories.make_training().id,
    "file_id": lambda: 1,
    "robot_id": lambda: reminder_factories.make_robot().id,
    "reminder_id": lambda: reminder_factories.make_reminder().id,
    "reminder_rule": lambda: "promise-due",
    "book_id": lambda: city_book_factories.make_city_book().id,
    "tie_id": lambda: city_book_factories.make_tie().id,
    "target_id": lambda: target_factories.make_target().id,
    "session_id": lambda: UserSession.begin(factories.make_user(), clock.now())[0].id,
}


def every_route(app: Flask) -> list[tuple[str, str, str | None]]:
    """(method, url, permission) of every rule but static files, with real ids."""
    routes: list[tuple[str, str, str | None]] = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        if rule.endpoint == "static":
            continue
        permission = getattr(app.view_functions[rule.endpoint], "permission", None)
        methods = sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"})
        routes.extend((method, address(app, rule), permission) for method in methods)
    db.session.commit()
    return routes


def address(app: Flask, rule: Rule) -> str:
    """The rule's URL with a real value for each argument. Raises KeyError for an argument nobody explained."""
    values: dict[str, Any] = {name: ARGUMENTS[name]() for name in rule.arguments}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)
