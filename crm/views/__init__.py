"""What a request does: one blueprint per feature, named as its URL."""

from flask import Flask

from crm.views import (
    account,
    firms,
    funnel,
    health,
    home,
    pool,
    search,
    sign_in,
    start,
    tasks,
    titles,
    types,
)


def init_app(app: Flask) -> None:
    """Register every blueprint."""
    for module in (
        account,
        firms,
        funnel,
        health,
        home,
        pool,
        search,
        sign_in,
        start,
        tasks,
        titles,
        types,
    ):
        app.register_blueprint(module.bp)
