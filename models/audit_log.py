"""Writes the audit trail: one entry per act that must stay known (foundations 2)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from models.audit import AuditEntry
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
    "contact.reveal": "查看联系人电话",
    "contact.call": "拨打联系人电话",
    "contact.delete": "删除联系人",
    "export": "导出",
    "import.run": "导入",
    "import.undo": "撤回导入",
    "firm.merge": "合并企业",
    "firm.unmerge": "撤销合并",
    "link.open": "打开一次性链接",
    "backup": "备份",
    "restore": "恢复",
    "demo.load": "装入演示数据",
    "audit.prune": "清理过期审计记录",
}


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
