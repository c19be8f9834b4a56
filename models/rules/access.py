"""Who may do what: permissions, roles, and which roles exclude each other (product.md, "Who uses it")."""

from collections.abc import Iterable

#: Every permission and what it means, in the words of the rights page.
PERMISSIONS: dict[str, str] = {
    "firms.view": "查看企业",
    "firms.all": "查看全区企业（没有此项的只看本辖区）",
    "firms.edit": "登记和修改企业",
    "firms.assign": "指定联系干部、街镇园区",
    "firms.merge": "合并重复企业、撤销合并",
    "firms.export": "导出企业、走访、承诺名单",
    "contacts.reveal": "查看联系人完整电话（须写理由）",
    "titles.edit": "登记、确认、撤销资质",
    "pool.edit": "维护培育库、组织申报培训",
    "funnel.view": "查看梯队",
    "figures.export": "导出梯队数据",
    "targets.view": "查看年度目标（街镇只看本辖区）",
    "targets.edit": "下达、调整、分解年度目标，维护上级调度表",
    "visits.view": "查看走访",
    "visits.edit": "记走访",
    "imports.run": "导入名单",
    "imports.decide": "认领待认领的行",
    "tasks.view": "查看后台任务",
    "timetable.run": "查看运行时间表，手动做一次",
    "areas.view": "查看街镇园区",
    "areas.edit": "维护街镇园区",
    "units.view": "查看单位",
    "units.edit": "维护单位",
    "people.view": "查看人员名单",
    "people.edit": "新建、停用账号，重置口令",
    "absences.edit": "登记外出与代理",
    "types.edit": "维护资质类型、培育库类型、批次，走访方式、服务、专项行动",
    "books.edit": "起草、试算、启用和撤回规则版本",
    "calendar.edit": "载入节假日通知",
    "reminders.setup": "设定提醒规则",
    "reminders.trace": "查询提醒为什么没收到、预览明天的提醒",
    "settings.edit": "修改系统设置",
    "rights.edit": "分配角色与权限",
    "audit.view": "查看审计记录",
    "audit.export": "导出审计记录",
    "issues.view": "查看问题清单",
    "issues.raise": "登记问题",
    "issues.handle": "办理交给自己的问题",
    "issues.dispatch": "受理、分类、交办问题，裁定退办",
    "issues.call": "电话回访企业",
    "issues.supervise": "督办、提级，批准延期和挂账",
    "issues.close": "销号审核",
    "issues.export": "导出三张清单、发布期次",
    "issues.setup": "维护问题类别、时限、专题、服务菜单",
    "applications.view": "查看申报批次",
    "applications.edit": "把企业列入批次，推进自己辅导的申报",
    "applications.decide": "登记受理、评审、公示和结果，推进全部申报",
    "applications.setup": "维护申报批次、材料清单、服务机构、未通过原因",
    "reports.view": "查看发给自己的报告",
    "reports.draft": "起草本科室的报告",
    "reports.compile": "汇编全局的报告，定收件和指标",
    "reports.sign": "审签、签发报告",
    "self": "使用自己的账号（口令、会话、视图）",
}

#: What every account may do, also one without a role.
EVERYONE = frozenset({"self"})
_STAFF = EVERYONE | {
    "targets.view",
    "firms.view",
    "firms.all",
    "firms.edit",
    "firms.export",
    "contacts.reveal",
    "titles.edit",
    "pool.edit",
    "funnel.view",
    "figures.export",
    "visits.view",
    "visits.edit",
    "areas.view",
    "units.view",
    "people.view",
    "tasks.view",
    "absences.edit",
    "issues.view",
    "issues.raise",
    "issues.handle",
    "issues.call",
    "applications.view",
    "applications.edit",
    "reports.view",
    "reports.draft",
}

#: What each role may do when a bureau begins; the security administrator may change the rows later.
ROLES: dict[str, frozenset[str]] = {
    "officer": frozenset(_STAFF | {"imports.run"}),
    "office": frozenset(
        _STAFF
        | {
            "targets.edit",
            "firms.assign",
            "firms.merge",
            "imports.run",
            "imports.decide",
            "areas.edit",
            "units.edit",
            "types.edit",
            "books.edit",
            "calendar.edit",
            "issues.dispatch",
            "issues.export",
            "issues.setup",
            "applications.decide",
            "applications.setup",
            "timetable.run",
            "reports.compile",
            "reminders.setup",
            "reminders.trace",
        }
    ),
    "manager": frozenset(
        _STAFF
        | {
            "targets.edit",
            "firms.assign",
            "firms.merge",
            "imports.run",
            "imports.decide",
            "types.edit",
            "books.edit",
            "calendar.edit",
            "issues.close",
            "issues.dispatch",
            "issues.export",
            "issues.supervise",
            "applications.decide",
            "applications.setup",
            "reports.sign",
            "reminders.setup",
            "reminders.trace",
        }
    ),
    "town": frozenset(
        EVERYONE
        | {
            "firms.view",
            "firms.edit",
            "firms.export",
            "contacts.reveal",
            "targets.view",
            "funnel.view",
            "figures.export",
            "visits.view",
            "visits.edit",
            "areas.view",
            "units.view",
            "tasks.view",
            "absences.edit",
            "issues.view",
            "issues.raise",
            "issues.handle",
            "applications.view",
            "reports.view",
        }
    ),
    "handler": frozenset(EVERYONE | {"issues.handle"}),
    "sysadmin": frozenset(
        EVERYONE
        | {
            "areas.view",
            "areas.edit",
            "units.view",
            "units.edit",
            "people.view",
            "people.edit",
            "settings.edit",
            "calendar.edit",
            "tasks.view",
            "timetable.run",
            "reminders.trace",
        }
    ),
    "secadmin": frozenset(EVERYONE | {"people.view", "rights.edit"}),
    "auditor": frozenset(EVERYONE | {"audit.view", "audit.export"}),
}

ROLE_NAMES: dict[str, str] = {
    "officer": "联系干部",
    "office": "综合科",
    "manager": "科长／分管领导",
    "town": "镇街园区助理",
    "handler": "外单位经办人",
    "sysadmin": "系统管理员",
    "secadmin": "安全管理员",
    "auditor": "审计管理员",
}

#: The rights page shows the permissions in these groups, by the word before the dot.
GROUPS: dict[str, tuple[str, ...]] = {
    "企业": ("firms", "contacts"),
    "资质与梯队": ("titles", "pool", "applications", "funnel", "figures", "targets", "types", "books"),
    "走访与问题": ("visits", "issues"),
    "报告": ("reports",),
    "导入与后台": ("imports", "tasks", "timetable"),
    "单位与人员": ("areas", "units", "people", "absences"),
    "系统": ("settings", "calendar", "reminders", "rights", "audit"),
}

#: One account may hold several of these; every other role stands alone.
COMBINABLE = frozenset({"officer", "office", "manager"})

#: The three administrators of GB/T 22239-2019: nobody holds two, and none holds a business role.
ADMINISTRATORS = frozenset({"sysadmin", "secadmin", "auditor"})

#: What an administrator's role can never be given: an administrator of the system sees no firm.
BUSINESS = frozenset(
    name
    for name in PERMISSIONS
    if name.split(".")[0]
    in {
        "firms",
        "contacts",
        "titles",
        "pool",
        "applications",
        "funnel",
        "figures",
        "targets",
        "books",
        "visits",
        "imports",
        "issues",
        "reports",
    }
)


#: What belongs to one administrator alone and is never taken away: else nobody could give it back.
EXCLUSIVE: dict[str, frozenset[str]] = {
    "auditor": frozenset({"audit.view", "audit.export"}),
    "secadmin": frozenset({"rights.edit"}),
    "sysadmin": frozenset({"people.edit", "settings.edit"}),
}


def role_conflict(roles: Iterable[str]) -> str | None:
    """Why these roles cannot be held by one account, in an officer's words; None when they can."""
    held = set(roles)
    unknown = held - set(ROLES)
    if unknown:
        return f"没有这个角色：{'、'.join(sorted(unknown))}"
    if len(held) > 1 and not held <= COMBINABLE:
        alone = "、".join(ROLE_NAMES[role] for role in ROLES if role in held - COMBINABLE)
        return f"{alone}不能与其他角色同在一个账号"
    return None


def rights_conflict(role: str, permissions: Iterable[str]) -> str | None:
    """Why a role cannot be given these permissions; None when it can (三员分立, GB/T 22239-2019)."""
    given = set(permissions)
    unknown = given - set(PERMISSIONS)
    if unknown:
        return f"没有这项权限：{'、'.join(sorted(unknown))}"
    if role in ADMINISTRATORS and given & BUSINESS:
        return f"{ROLE_NAMES[role]}不能查看或修改企业数据"
    for owner, kept in EXCLUSIVE.items():
        if role != owner and given & kept:
            return f"“{'、'.join(PERMISSIONS[name] for name in sorted(given & kept))}”只能属于{ROLE_NAMES[owner]}"
    missing = EXCLUSIVE.get(role, frozenset()) - given
    if missing:
        return f"{ROLE_NAMES[role]}必须保留“{'、'.join(PERMISSIONS[name] for name in sorted(missing))}”"
    return None
