"""Sign-in by Flask-Security: the store of users and passwords; the pages are our own (crm/views/sign_in.py)."""

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from models.base import db
from models.user import Role, User

security = Security()


def init_app(app: Flask) -> None:
    """Register sign-in."""
    app.config.setdefault("SECURITY_PASSWORD_SALT", app.config["SECRET_KEY"])
    app.config.setdefault("SECURITY_PASSWORD_HASH", "argon2")
    security.init_app(app, SQLAlchemyUserDatastore(db, User, Role), register_blueprint=False)
