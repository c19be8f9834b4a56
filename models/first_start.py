"""The first accounts of an empty database: one to work with, and the three administrators."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime

from models import account, password, people
from models.base import db
from models.errors import Refused
from models.people import NewPerson
from models.setting import Setting
from models.user import User

#: Three accounts of their own (GB/T 22239-2019): who makes accounts, who gives rights, who reads the trail.
#: `.invalid` never gets mail (RFC 2606); they sign in by these staff numbers until somebody enters addresses.
ADMINISTRATORS = {"sysadmin": "系统管理员", "secadmin": "安全管理员", "auditor": "审计管理员"}


@dataclass(frozen=True)
class FirstAccount:
    """An account just made, and what it signs in with; the password is shown once."""

    user: User
    login: str
    password: str | None


def begin(bureau: str, name: str, email: str, chosen: str, at: datetime, on: date) -> list[FirstAccount]:
    """Make the first working account and the three administrators. Refused once any account exists.

    The administrators get random first passwords; `chosen` is the password of the person at the keyboard.
    """
    if account.any_exists():
        raise Refused("已经有账号了，请直接登录")
    user = people.create(NewPerson(name=name, email=email), at, on, roles=("officer", "office", "manager"))
    wrong = password.faults(user, chosen)
    if wrong:
        raise Refused("；".join(wrong))
    password.set_password(user, chosen, at)
    made = [FirstAccount(user, user.email, None)]
    for role, title in ADMINISTRATORS.items():
        person = NewPerson(name=title, email=f"{role}@tidu.invalid", staff_number=role)
        administrator = people.create(person, at, on, roles=(role,))
        made.append(FirstAccount(administrator, role, people.first_password(administrator, at)))
    if bureau:
        db.session.merge(Setting(key="bureau_name", value=bureau))
    db.session.flush()
    return made


def token(secret_key: str) -> str:
    """What proves, on a production server, that the person at the first page can read the server's log.

    The same in every worker process; of no use as soon as one account exists.
    """
    return hmac.new(secret_key.encode(), b"first start", hashlib.sha256).hexdigest()[:24]
