"""Visits of the demo district, with what was promised and asked for at some of them."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

Row = dict[str, Any]

#: (what was heard, what it was for, what was answered, what the firm asked for, of which category).
HEARD = (
    ("二期产线扩建，缺嵌入式工程师。", "talent", "", "缺两名会做嵌入式的，校招招不到", "人才招聘"),
    ("问高企重新认定的时间安排。", "hnte_incubation", "已说明今年各批次时间。", "", ""),
    ("研发费用归集有疑问，已讲解。", "rd_filing", "按研发项目分别设辅助账。", "", ""),
    ("希望对接高校做材料检测。", "result_matching", "", "想找能做高温疲劳试验的学校", "产学研对接"),
    ("厂区用电扩容进展。", "problem", "", "变压器容量不够，二期开不了", "用地用房"),
    ("讲了加计扣除新口径，财务在场。", "policy_talk", "当场看了去年的表，没有漏项。", "", ""),
    ("今年想申报专精特新，缺市场占有率证明。", "filing_guidance", "请行业协会出证明即可。", "", ""),
    ("流动资金紧，问有没有信用贷。", "tech_finance", "", "想借两百万周转，没有抵押", "融资需求"),
)
KINDS = ("visit", "visit", "visit", "visit", "visit", "phone", "received", "meeting", "message", "online")
PROMISES = (
    "下周答复用电扩容安排",
    "把政策原文发给财务",
    "约高校老师来一趟",
    "问清楚后电话答复",
    "帮忙联系银行客户经理",
)
CAMPAIGN = "高企百家行"


def add_visits(rng: random.Random, district: Any, count: int, today: date, ids: Any) -> None:
    """Append that many visits, newest never after today, most of them to firms with a title."""
    firms = len(district.rows["firm"])
    likely = max(1, len({title["firm_id"] for title in district.rows.get("title", ())}))
    for number in range(count):
        firm_id = rng.randrange(likely if rng.random() < 0.8 else firms) + 1
        officer = district.rows["firm"][firm_id - 1]["officer_a_id"] or rng.choice(ids.officers)
        on = today - timedelta(days=rng.randrange(1, 700))
        text, service, answer, asked, category = rng.choice(HEARD)
        campaign = on.year == today.year and rng.random() < 0.3
        visit_id = district.add(
            "visit", uuid=str(UUID(int=rng.getrandbits(128), version=4)), firm_id=firm_id, visit_on=on, text=text,
            answer=answer, kind=rng.choice(KINDS), campaign=campaign, created_by_id=officer,
            start_time=rng.choice(("", "09:30", "10:00", "14:30", "15:00")),
        )  # fmt: skip
        rows = district.rows
        others = [other for other in ids.officers if other != officer]
        company = rng.sample(others, 1) if others and rng.random() < 0.3 else []
        rows.setdefault("visit_officer", []).extend(
            {"visit_id": visit_id, "user_id": user_id, "unit_id": ids.units_of.get(user_id)}
            for user_id in (officer, *company)
        )
        rows.setdefault("visit_service" if rng.random() < 0.7 else "visit_purpose", []).append(
            {"visit_id": visit_id, "service": service}
        )
        if asked and rng.random() < 0.6:
            district.add("visit_demand", visit_id=visit_id, firm_id=firm_id, words=asked, category=category)
        if number % 6 == 0 or on > today - timedelta(days=25):
            _promise(rng, district, visit_id, firm_id, officer, on, today)


def _promise(
    rng: random.Random, district: Any, visit_id: int, firm_id: int, officer: int, on: date, today: date
) -> None:
    due = on + timedelta(days=rng.choice((3, 5, 7, 14)))
    done = due < today and (due < today - timedelta(20) or rng.random() < 0.5)
    district.add(
        "promise", visit_id=visit_id, firm_id=firm_id, words=rng.choice(PROMISES), person_id=officer, due_on=due,
        done_on=on + timedelta(days=2) if done else None, done_how="已电话答复" if done else "",
        done_by_id=officer if done else None, created_by_id=officer,
    )  # fmt: skip


def complete(rows: dict[str, list[Row]], now: Any, kinds: dict[str, int], services: dict[str, int]) -> None:
    """Turn the keys of kinds and services into ids, and fill the columns every row has."""
    for row in rows.get("visit", ()):
        row |= {"kind_id": kinds[row.pop("kind")], "campaign_id": 1 if row.pop("campaign") else None, "place": "",
                "next_step": "", "recorded_by_text": "", "source": "form", "received_at": now, "created_at": now,
                "withdrawn_reason": "", "version": 1}  # fmt: skip
    for table in ("visit_service", "visit_purpose"):
        for row in rows.get(table, ()):
            row["service_id"] = services[row.pop("service")]
    for row in rows.get("visit_demand", ()):
        row |= {"position": 0, "state": "to_review", "reason": "", "created_at": now}
    for row in rows.get("promise", ()):
        row |= {"dropped_reason": "", "created_at": now}
    if rows.get("visit"):
        year = now.year
        rows["campaign"] = [
            {"id": 1, "key": "demo_campaign", "name": CAMPAIGN, "from_on": date(year, 1, 4),
             "to_on": date(year, 12, 31), "quota": 100, "quota_unit": "firms", "goal": "上门讲政策、问需求",
             "departments": "区税务局、区人社局", "active": True, "created_at": now}
        ]  # fmt: skip
