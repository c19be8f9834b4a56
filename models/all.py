"""Imports every model, so that migrations and tests see every table."""

from models import (
    area,
    audit,
    change,
    file,
    importing,
    pool,
    recovery_code,
    saved_view,
    setting,
    standing,
    task,
    title,
    unit,
    user,
    user_session,
    visit,
)
from models.base import db
from models.firm import contacts, merge, names, officers, places, record, status, tags, yearly

MODULES = (
    area,
    audit,
    change,
    contacts,
    file,
    importing,
    merge,
    names,
    officers,
    places,
    pool,
    record,
    recovery_code,
    saved_view,
    setting,
    standing,
    status,
    tags,
    task,
    title,
    unit,
    user,
    user_session,
    visit,
    yearly,
)

__all__ = ["MODULES", "db"]
