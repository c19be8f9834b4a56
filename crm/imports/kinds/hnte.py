"""Kind `hnte`: lists of 高新技术企业. A certificate number is GR, year, province, serial (rules.md 3.5)."""

import re
from typing import Any

from crm.imports.kinds import register_kind, text
from crm.imports.kinds.title_list import number_field, title_kind
from models.rules import uscc

NUMBER = re.compile(r"G[A-Z]\d{12}")


def certificate(cell: Any) -> str:
    """The number without spaces, in capitals; ValueError when it is none."""
    number = uscc.normalise(text(cell)).strip("-—/")
    if number in ("", "无", "N/A"):
        return ""
    if not NUMBER.fullmatch(number):
        raise ValueError("证书编号应是 GR 加 12 位数字")
    return number


def is_certificate(cell: Any) -> bool:
    """Whether a cell is the number of a certificate."""
    return NUMBER.fullmatch(uscc.normalise(text(cell))) is not None


KIND = register_kind(
    title_kind(
        "hnte",
        "高新技术企业名单",
        r"高新技术企业|高企",
        against="培育|入库",
        number=number_field(
            r"(?:高企|高新技术企业)?(?:资质|认定)?证书(?:编)?号码?|(?:高企|证书)编号|证书编码|证书号",
            r"证书.*号|高企.*号",
            certificate,
            is_certificate,
        ),
    )
)
