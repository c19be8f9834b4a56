"""Writes the audit trail: one entry per act that must stay known (foundations 2)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, insert, select

from models import clock
from models.audit import AuditEntry, AuditSeal
from models.base import db
from models.user import User

#: Every act the trail knows, in the words of the auditor's page. A feature adds its own acts here.
ACTS: dict[str, str] = {
    "account.first": "建立首批账号",
    "session.begin": "登录",
    "session.code": "登录验证动态口令",
    "session.locked": "账号锁定",
    "session.end": "退出",
    "session.end_all": "退出全部设备",
    "phone.register": "登记手机",
    "phone.revoke": "取消登记手机",
    "visits.rescue": "导入救急文件",
    "password.change": "修改口令",
    "password.reset": "重置口令",
    "totp.on": "启用动态口令",
    "totp.off": "停用动态口令",
    "totp.reset": "重置动态口令",
    "user.create": "新建账号",
    "user.edit": "修改账号",
    "user.disable": "停用账号",
    "user.enable": "启用账号",
    "user.unlock": "解除锁定",
    "user.roles": "分配角色",
    "role.rights": "修改角色权限",
    "setting.edit": "修改设置",
    "robot.edit": "修改群机器人",
    "robot.try": "试发群机器人",
    "contact.reveal": "查看联系人电话",
    "contact.call": "拨打联系人电话",
    "contact.delete": "删除联系人",
    "export": "导出",
    "import.run": "导入",
    "import.undo": "撤回导入",
    "import.original": "打开导入原件",
    "import.retry": "再认待认领的行",
    "calendar.load": "载入节假日通知",
    "timetable.edit": "改运行时间表",
    "timetable.run": "手动运行",
    "mail.retry": "重发邮件",
    "mail.skip": "不再发邮件",
    "sending.pause": "暂停对外发送",
    "sending.resume": "恢复对外发送",
    "firm.merge": "合并企业",
    "firm.unmerge": "撤销合并",
    "link.open": "打开一次性链接",
    "link.make": "新建日历订阅地址",
    "link.revoke": "停用日历订阅地址",
    "backup": "备份",
    "restore": "恢复",
    "demo.load": "装入演示数据",
    "audit.prune": "清理过期审计记录",
}

#: What an act may be about: the table and its name on the page.
SUBJECTS: dict[str, str] = {
    "robot": "群机器人",
    "user": "账号",
    "user_session": "登录",
    "phone": "手机",
    "role": "角色",
    "setting": "设置",
    "firm": "企业",
    "contact": "联系人",
    "review_meeting": "预评审会",
    "title": "资质",
    "import_run": "导入",
    "calendar_year": "工作日历",
    "audit_entry": "审计记录",
    "figure": "梯队数据",
    "link": "链接",
    "coverage": "走访覆盖",
}

#: Words of the details, as the page says them.
DETAILS: dict[str, str] = {
    "rows": "行数",
    "filter": "条件",
    "ticked": "勾选",
    "reason": "理由",
    "why": "理由",
    "roles": "角色",
    "proposed": "建议角色",
    "before": "原来",
    "now": "现在",
    "added": "增加",
    "removed": "去掉",
    "restored": "恢复",
    "left": "留下",
    "key": "设置项",
    "value": "改为",
    "sessions": "登录数",
    "accounts": "账号数",
    "way": "方式",
    "at": "页面",
    "file": "文件",
    "kind": "种类",
    "counts": "行数",
    "created": "新建",
    "updated": "更新",
    "unchanged": "没有变化",
    "held": "待认领",
    "rejected": "有问题",
    "skipped": "不导入",
    "position": "封印号",
    "entries": "记录数",
    "firms": "企业",
    "titles": "资质",
    "visits": "走访",
    "issues": "问题",
    "person": "人员",
    "act": "做了什么",
    "subject": "对象",
    "since": "从",
    "until": "到",
    "failed": "只看失败",
}


@dataclass(frozen=True)
class Asked:
    """What the auditor looks for; whatever is empty does not narrow."""

    person: str = ""
    act: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None
    failed: bool = False

    def described(self) -> dict[str, Any]:
        """What narrows, for the trail of the export."""
        return {key: value for key, value in vars(self).items() if value}


def select_entries(asked: Asked) -> Select[Any]:
    """Select the entries that were asked for, the newest first."""
    query = select(AuditEntry)
    if asked.person:
        escaped = asked.person.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = query.where(AuditEntry.person_name.like(f"%{escaped}%", escape="\\"))
    if asked.act:
        query = query.where(AuditEntry.act == asked.act)
    if asked.subject:
        query = query.where(AuditEntry.subject == asked.subject)
    if asked.since:
        query = query.where(AuditEntry.at >= clock.day_begins(asked.since))
    if asked.until:
        query = query.where(AuditEntry.at < clock.day_begins(asked.until + timedelta(days=1)))
    if asked.failed:
        query = query.where(~AuditEntry.succeeded)
    return query.order_by(AuditEntry.id.desc())


def last_sealed_at() -> datetime | None:
    """When the trail was sealed last; None before the first time."""
    return db.session.scalar(select(func.max(AuditSeal.sealed_at)))


def note(
    act: str,
    person: User | None,
    *,
    at: datetime,
    address: str = "",
    subject: str = "",
    subject_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
    succeeded: bool = True,
) -> None:
    """Add one entry within the current transaction; it stays only if the caller commits. KeyError for an unknown act.

    `subject` is the table of what was acted on, `detail` what else a reader needs (counts, filters, reason): never a
    password, a code or a phone number.
    """
    if act not in ACTS:
        raise KeyError(act)
    db.session.execute(
        insert(AuditEntry).values(
            at=at,
            act=act,
            succeeded=succeeded,
            person_id=person.id if person else None,
            person_name=person.name if person else "",
            address=address[:64],
            subject=subject,
            subject_id=subject_id,
            detail=json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, default=str),
        )
    )
