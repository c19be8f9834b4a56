"""The second secret: a code from an authenticator on the person's phone (TOTP, RFC 6238)."""

import io
from typing import Any
from weakref import WeakKeyDictionary

from flask_security.totp import Totp
from sqlalchemy import Engine, or_, update

from models import recovery_code
from models.base import db
from models.rules.access import ADMINISTRATORS
from models.user import User

ISSUER = "Tidu"

#: Seconds by which the phone's clock may be off.
WINDOW = 30


class _Once(Totp):
    """Flask-Security's codes, each accepted once: the counter of the last one is kept with the account."""

    def get_last_counter(self, user: Any) -> int | None:
        return user.tf_last_counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        user.tf_last_counter = tmatch.counter


#: One for each database this process uses: an application knows its own by its engine.
_factories: WeakKeyDictionary[Engine, _Once] = WeakKeyDictionary()


def init(engine: Engine, secret_key: str) -> None:
    """Tell the database behind this engine the key under which its secrets are kept."""
    _factories[engine] = _Once({"1": secret_key}, ISSUER)


def _factory() -> _Once:
    return _factories[db.engine]


def is_on(user: User) -> bool:
    """Whether signing in asks this person for a code."""
    return user.tf_primary_method is not None


def is_due(user: User, wanted: str) -> bool:
    """Whether the bureau asks this person for a second secret that is not set up yet (setting `totp_required`)."""
    if is_on(user):
        return False
    return wanted == "all" or (wanted == "admins" and bool(ADMINISTRATORS & set(user.role_names)))


def new_secret() -> str:
    """A fresh secret, encrypted: what the account keeps and what waits while the person sets up the phone."""
    return str(_factory().generate_totp_secret())


def shown_key(secret: str) -> str:
    """The secret for typing into an authenticator by hand."""
    return str(_factory().get_totp_pretty_key(secret))


def qr_svg(user: User, secret: str) -> str:
    """The secret as a QR code: one inline SVG element, nothing from another host."""
    import qrcode
    import qrcode.image.svg

    image: Any = qrcode.make(
        _factory().get_totp_uri(user.email, secret), image_factory=qrcode.image.svg.SvgPathImage, border=2
    )
    with io.BytesIO() as out:
        image.save(out)
        text = out.getvalue().decode("utf-8")
    return text[text.index("<svg") :]


def turn_on(user: User, secret: str, code: str) -> bool:
    """Switch the second secret on if the code shows that the phone has it; returns whether it did."""
    user.tf_last_counter = None
    if not _factory().verify_totp(_digits(code), secret, user, WINDOW):
        return False
    user.tf_totp_secret = secret
    user.tf_primary_method = "authenticator"
    return True


def turn_off(user: User) -> None:
    """Switch the second secret off and void the recovery codes."""
    user.tf_primary_method = None
    user.tf_totp_secret = None
    user.tf_last_counter = None
    recovery_code.clear(user)


def verify(user: User, code: str) -> bool:
    """Whether this is the person's code of now. The same code never passes twice, not even at the same moment."""
    if user.tf_totp_secret is None:
        return False
    before = user.tf_last_counter
    with db.session.no_autoflush:
        good = _factory().verify_totp(_digits(code), user.tf_totp_secret, user, WINDOW)
        counter = user.tf_last_counter
        db.session.expire(user, ["tf_last_counter"])
    if not good or counter is None or counter == before:
        return False
    taken = db.session.execute(
        update(User)
        .where(User.id == user.id, or_(User.tf_last_counter.is_(None), User.tf_last_counter < counter))
        .values(tf_last_counter=counter)
        .returning(User.id)
        .execution_options(synchronize_session=False, logged=True)
    )
    return taken.first() is not None


def _digits(code: str) -> str:
    return "".join(letter for letter in code if letter.isdigit())
