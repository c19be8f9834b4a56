"""What a request does: one blueprint per feature, named as its URL."""

from flask import Flask

from crm.views import (
    absences,
    account,
    areas,
    audit,
    contacts,
    directory,
    firms,
    funnel,
    health,
    home,
    imports,
    people,
    pool,
    rights,
    saved_views,
    search,
    settings,
    sign_in,
    start,
    tasks,
    titles,
    types,
    units,
)


def init_app(app: Flask) -> None:
    """Register every blueprint."""
    for module in (
        absences,
        account,
        areas,
        audit,
        contacts,
        directory,
        firms,
        funnel,
        health,
        home,
        imports,
        people,
        pool,
        rights,
        saved_views,
        search,
        settings,
        sign_in,
        start,
        tasks,
        titles,
        types,
        units,
    ):
        app.register_blueprint(module.bp)
