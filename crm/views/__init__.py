"""What a request does: one blueprint per feature, named as its URL."""

from flask import Flask

from crm.views import health, home, sign_in


def init_app(app: Flask) -> None:
    """Register every blueprint."""
    for module in (health, home, sign_in):
        app.register_blueprint(module.bp)
