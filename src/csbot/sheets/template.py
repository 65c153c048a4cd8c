"""A workbook to begin with: headings, one filled row in each sheet, choices and notes."""

from __future__ import annotations

from csbot.sheets.markers import SAMPLE, Marker, digests
from csbot.sheets.tables import EXAMPLES, REPLIES, SITUATIONS, Table
from csbot.sheets.workbook import Rows

_SITUATION = {
    "编号": "payment.invoice_sample",
    "名称": "索要发票（示例）",
    "触发": "客户",
    "什么时候用": "客户要发票，或问发票怎么开",
    "出处": "良好实践：先确认再答复",
    "供选说法": "开发票",
    "位置": "正文",
    "行业": "电商、门店",
    "关键词": "发票、开票、专票",
    "主题": "payment 付款",
    "话术出处": "良好实践：先确认再答复",
    "何时用（辅导）": "客户要发票时用。先问清抬头和税号，再说时间。",
    "何时不用（辅导）": "客户只是说发票收到了，用“客户致谢”。",
    "绝不能说（辅导）": "不能开\n找财务去",
    "提示（辅导）": "专用发票还要问开户行和账号。",
    "负责人": "培训组",
}
_REPLY = {
    "情景编号": "payment.invoice_sample",
    "情景名称": "索要发票（示例）",
    "回复": "请您提供发票抬头和税号，我们在{时限}内开好发给您。",
    "长短": "短",
}
_EXAMPLE = {
    "情景编号": "payment.invoice_sample",
    "情景名称": "索要发票（示例）",
    "种类": "例句",
    "例句": "能开发票吗",
}


def template_tables() -> dict[str, tuple[Table, Rows]]:
    """Return the tables of the template, each with its sample row, which an import skips as long as it stays."""
    samples = ((SITUATIONS, _SITUATION), (EXAMPLES, _EXAMPLE), (REPLIES, _REPLY))
    tables: dict[str, tuple[Table, Rows]] = {}
    for table, sample in samples:
        cells = tuple(sample.get(column.heading, "") for column in table.columns)
        marker = Marker(SAMPLE, "", 0, 0, "", digests(cells))
        tables[table.name] = (table, [(cells, str(marker))])
    return tables
