"""Settings an administrator may change: defaults live here, rows override them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Text, event, select
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column

from models.base import Key, Model, db
from models.errors import Refused
from models.rules.reminder import read_time

#: Where a session keeps what it has read of the settings already.
READ = "settings_read"


@dataclass(frozen=True)
class SettingKind:
    """One setting: its default, its name on the page, its unit, and what it allows."""

    default: str
    name: str
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    low: int | None = None
    high: int | None = None
    #: A time of day, HH:MM.
    time: bool = False


#: Defaults of rules.md section 10 (GB/T 22239-2019 gives no numbers; these are what assessors accept).
SETTINGS: dict[str, SettingKind] = {
    "bureau_name": SettingKind("区科技局", "单位名称"),
    "district_division": SettingKind("", "本区行政区划代码（前 6 位）"),
    "officer_scope": SettingKind(
        "all", "联系干部能看到", choices=(("all", "全区企业"), ("assigned", "自己联系的企业"))
    ),
    "password_length": SettingKind("8", "口令最短", "位", low=8, high=64),
    "password_classes": SettingKind("3", "口令至少含字符种类", "类", low=1, high=4),
    "password_days": SettingKind("90", "口令有效期", "天", low=0, high=3650),
    "password_history": SettingKind("5", "不得与最近几次口令相同", "次", low=0, high=24),
    "lock_after": SettingKind("5", "连续登录失败锁定", "次", low=1, high=20),
    "lock_minutes": SettingKind("30", "锁定时长", "分钟", low=1, high=1440),
    "idle_minutes": SettingKind("30", "无操作自动退出", "分钟", low=5, high=480),
    "session_hours": SettingKind("10", "一次登录最长", "小时", low=1, high=24),
    "phone_hours": SettingKind("12", "登记过的手机，走访和今日的登录最长", "小时", low=1, high=72),
    "totp_required": SettingKind(
        "no", "动态口令", choices=(("no", "各人自选"), ("admins", "管理员必须"), ("all", "所有人必须"))
    ),
    "sending": SettingKind("on", "对外发送", choices=(("on", "照常"), ("paused", "暂停（恢复备份之后）"))),
    "restored_from": SettingKind("", "恢复的备份是什么时候的"),
    "restored_at": SettingKind("", "什么时候恢复的"),
    "mail_per_minute": SettingKind("30", "每分钟最多发邮件", "封", low=1, high=600),
    "quiet_from": SettingKind("20:00", "晚上从几点起不发邮件", "HH:MM", time=True),
    "quiet_to": SettingKind("07:30", "到早上几点为止", "HH:MM", time=True),
    "bureau_phone": SettingKind("", "对外电话（企业和外单位经办人看到）"),
    "backup_keep": SettingKind("14", "每日备份保留", "份", low=1, high=366),
    "audit_days": SettingKind("1095", "审计记录保存", "天", low=180, high=36500),
    "contact_months": SettingKind("36", "联系人资料保存", "个月", low=1, high=240),
    "original_months": SettingKind("24", "导入原件保存", "个月", low=1, high=240),
    "survey_weekday": SettingKind(
        "4",
        "企业调研日",
        choices=(("1", "周一"), ("2", "周二"), ("3", "周三"), ("4", "周四"), ("5", "周五"), ("0", "不设")),
    ),
    "burden_days": SettingKind("14", "近期走访提醒往前看", "天", low=1, high=180),
    "visit_photos": SettingKind("20", "一次走访最多照片", "张", low=0, high=200),
    "photo_megabytes": SettingKind("15", "一张照片最大", "MB", low=1, high=60),
    "issue_outside": SettingKind(
        "auto",
        "回访人要在承办单位以外",
        choices=(("auto", "本局科室不足三个时，换一个人即可"), ("unit", "一律换单位"), ("person", "一律换一个人即可")),
    ),
    "spot_share": SettingKind("10", "每月抽查已销号问题", "%", low=0, high=100),
    "report_month_from": SettingKind(
        "1", "月汇报的一个月", choices=(("1", "自然月"), ("26", "上月 26 日至本月 25 日"))
    ),
    "report_ranking": SettingKind("no", "季通报里街镇排序", choices=(("no", "不排"), ("yes", "排"))),
    "report_praise": SettingKind("no", "季通报里通报表扬", choices=(("no", "不设"), ("yes", "设"))),
    "report_warning": SettingKind("no", "季通报里提醒清单", choices=(("no", "不设"), ("yes", "设"))),
    "care_days_A": SettingKind("30", "培育层级 A 走访间隔", "天", low=1, high=3650),
    "care_days_B": SettingKind("60", "培育层级 B 走访间隔", "天", low=1, high=3650),
    "care_days_C": SettingKind("120", "培育层级 C 走访间隔", "天", low=1, high=3650),
    "care_days_reserve": SettingKind("180", "储备企业走访间隔", "天", low=1, high=3650),
}


#: The page shows the settings in these sections.
SECTIONS: dict[str, tuple[str, ...]] = {
    "单位": ("bureau_name", "bureau_phone", "district_division", "officer_scope"),
    "口令": ("password_length", "password_classes", "password_days", "password_history"),
    "登录": ("lock_after", "lock_minutes", "idle_minutes", "session_hours", "phone_hours", "totp_required"),
    "保存": ("audit_days", "contact_months", "original_months", "backup_keep", "mail_per_minute"),
    "提醒": ("quiet_from", "quiet_to"),
    "走访": ("survey_weekday", "burden_days", "visit_photos", "photo_megabytes"),
    "问题清单": ("issue_outside", "spot_share"),
    "报告": ("report_month_from", "report_ranking", "report_praise", "report_warning"),
    "走访间隔": ("care_days_A", "care_days_B", "care_days_C", "care_days_reserve"),
}
#: Those that an administrator types; the others are set where they are explained.
SHOWN: tuple[str, ...] = tuple(key for keys in SECTIONS.values() for key in keys)


class Setting(Model):
    """A row that overrides the default of one setting."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(Key, primary_key=True)
    value: Mapped[str] = mapped_column(Text)


def fault(key: str, value: str) -> str | None:
    """What is wrong with a value, in an administrator's words; None when it is good. KeyError for no such setting."""
    kind = SETTINGS[key]
    if kind.choices:
        return None if value in dict(kind.choices) else f"{kind.name}：请从给出的里选一个"
    if kind.time:
        return None if read_time(value) else f"{kind.name}：请写成 20:00 这样"
    if kind.low is None or kind.high is None:
        return None if len(value) <= 100 else f"{kind.name}：最多 100 个字"
    if not value.isascii() or not value.isdigit() or not kind.low <= int(value) <= kind.high:
        return f"{kind.name}：请填 {kind.low} 到 {kind.high} 之间的整数"
    return None


def change(key: str, value: str) -> bool:
    """Set a value and return whether that changed anything. Refused when the setting does not allow it."""
    wrong = fault(key, value)
    if wrong:
        raise Refused(wrong)
    if get(key) == value:
        return False
    db.session.info.pop(READ, None)
    row = db.session.get(Setting, key)
    if row is None:
        db.session.add(Setting(key=key, value=value))
    else:
        row.value = value
    return True


def get(key: str) -> str:
    """The value in force. Raises KeyError for a setting that does not exist."""
    default = SETTINGS[key].default
    read = _already_read()
    if key in read:
        return read[key] or default
    row = db.session.get(Setting, key)
    return default if row is None else row.value


def remember(values: Mapping[str, str | None]) -> None:
    """Tell what another statement of this transaction read of the table, so that `get` need not ask again."""
    db.session.info[READ] = (db.session().get_transaction(), dict(values))


def _already_read() -> Mapping[str, str | None]:
    transaction, values = db.session.info.get(READ, (None, {}))
    return values if transaction is not None and transaction is db.session().get_transaction() else {}


@event.listens_for(Session, "after_flush")
def _forget_read(session: Session, context: UOWTransaction) -> None:
    if any(isinstance(row, Setting) for row in (*session.new, *session.dirty, *session.deleted)):
        session.info.pop(READ, None)


def get_int(key: str) -> int:
    """The value in force of a setting that is a whole number."""
    return int(get(key))


def get_all() -> dict[str, str]:
    """Every setting in force, by key, in one statement."""
    rows = {row.key: row.value for row in db.session.scalars(select(Setting).order_by(Setting.key))}
    return {key: rows.get(key, kind.default) for key, kind in SETTINGS.items()}
