"""Which topic the words of a demand are likely about: a guess that a person may change."""

#: Topic → words that point to it; the first topic with a hit wins, so that the more exact stands first.
POINTERS: dict[str, tuple[str, ...]] = {
    "finance": ("融资", "贷", "资金", "授信", "抵押", "质押", "贴息", "股权", "上市"),
    "ip": ("专利", "知识产权", "商标", "侵权", "软著"),
    "labour": ("用工", "招工", "缺工", "普工", "工人"),
    "talent": ("人才", "招聘", "工程师", "博士", "职称", "住房", "落户", "子女", "入学", "招人"),
    "site": ("场地", "厂房", "土地", "用地", "用房", "租金", "园区", "扩建", "变压器", "用电", "供电", "消防"),
    "market": ("市场", "订单", "销路", "客户", "展会", "采购", "出口", "推广"),
    "policy": ("政策", "补贴", "补助", "申报", "高企", "专精特新", "奖励", "认定", "税", "加计扣除"),
    "technology": ("技术", "研发", "产学研", "高校", "院所", "检测", "设备", "试验", "攻关", "成果", "工艺"),
}


def guess(category: str, words: str) -> str:
    """The key of the topic: by the category that was written beside the words, else by the words; `other` else."""
    for text in (category, words):
        for key, pointers in POINTERS.items():
            if any(pointer in text for pointer in pointers):
                return key
    return "other"
