"""Whether a list is a 公示 or a 公告, by the words of its titles: the nearest title that says anything decides."""

import re
from collections.abc import Iterable

#: Only the names of columns of web sites.
_COLUMNS = re.compile(r"公示公告|通知公告")
#: `经公示无异议，现予公告` speaks of a 公示 that is over.
_OVER = re.compile(r"(?:经|已|完成)[^，。；]{0,12}公示|公示(?:期|已)?(?:无异议|期满|结束|后|完毕)|公示结果")
_NOTICE = re.compile(
    r"公示|初审通过|建议名单"
    r"|拟(?!定)[^，。；]{0,14}?(?:认定|入库|备案|推荐|通过|公布|授予|入选|确认|报备|取消|撤销|支持|评定|公告|名单)"
)
_ANNOUNCED = re.compile(
    r"公告|公布|通知|印发|决定|(?:已|获|予以)认定|认定(?:的)?(?:企业)?(?:名单|结果)"
    r"|入库(?:企业)?(?:名单|编号)|备案名单|通过名单|入选名单|授牌|发证"
)


def said_by(name: str) -> str:
    """What one title says: notice, announced, or nothing (empty). The 通知 of a 公示 is a 公示."""
    plain = _COLUMNS.sub("", name)
    said = _OVER.sub("", plain)
    if _NOTICE.search(said):
        return "notice"
    return "announced" if said != plain or _ANNOUNCED.search(said) else ""


def of(names: Iterable[str], footers: Iterable[str]) -> str:
    """What the titles of a sheet say, the nearest first; a footer such as 公示期 only where no title says anything."""
    for name in names:
        if said := said_by(name):
            return said
    return "notice" if any(re.match(r"公示(?:期|时间|日期)?", line) for line in footers) else ""
