"""公示 or 公告: what the words of a title say, and which of several titles decides."""

import pytest

from crm.imports.recognise import standing


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("云澜省2025年第一批拟入库科技型中小企业名单（青禾区）", "notice"),
        ("对云澜省认定机构2025年认定报备的高新技术企业进行备案的公示名单（青禾区）", "notice"),
        ("关于公示云澜省2024年拟认定高新技术企业名单的通知", "notice"),
        ("关于云澜省2025年第二批高新技术企业拟认定名单的公示", "notice"),
        ("专精特新“小巨人”企业公示名单（节选）", "notice"),
        ("第七批专精特新小巨人企业和第四批复核通过企业公示名单", "notice"),
        ("拟推荐创新型中小企业名单", "notice"),
        ("科技型中小企业评价入库公示_2025第一批.csv", "notice"),
        ("关于云澜省2025年第一批入库科技型中小企业名单的公告", "announced"),
        ("青禾区2022年度高新技术企业认定名单", "announced"),
        ("关于公布2024年度专精特新中小企业名单的通知", "announced"),
        ("经公示无异议，现将入库企业名单公告如下", "announced"),
        ("公示期满，以下企业", "announced"),
        ("高企更名公告_2025.csv", "announced"),
        ("2023年认定高企（青禾）", ""),
        ("青禾区2024年高新技术企业汇总表", ""),
        ("2024年度云澜省专精特新中小企业名单（青禾）", ""),
        ("拟定2025年计划", ""),
        ("2025年", ""),
    ],
)
def test_what_a_title_says(name: str, said: str) -> None:
    assert standing.said_by(name) == said


@pytest.mark.parametrize(
    ("names", "footers", "said"),
    [
        (("拟入库科技型中小企业名单", "", "入库公告.xlsx"), (), "notice"),  # the nearest title decides
        (("2023年认定高企", "2023年", "高新技术企业认定名单.xlsx"), (), "announced"),
        (("2024年高新技术企业汇总表", "", "高企.xlsx"), ("公示期：10个工作日",), "notice"),
        (("青禾区高新技术企业认定名单", "", ""), ("公示期：10个工作日",), "announced"),
        (("高企名单", "", ""), ("注：以认定机构公告为准。",), ""),
    ],
)
def test_which_title_decides(names: tuple[str, ...], footers: tuple[str, ...], said: str) -> None:
    assert standing.of(names, footers) == said
