"""The circumstances under which a customer is served: what may be set, and what takes it back.

The names are those of csbot.library.schema, which is not imported here: completion must not load a library.
"""

from __future__ import annotations

MOODS = ("平静", "生气", "着急", "担心")
PROFILES = ("电商", "电信", "门店", "物业", "金融", "销售", "医疗")
COMPLAINT_TYPES = ("感性", "理性")
CHANNELS = ("在线", "电话", "邮件")
CLEARING = ("无", "自动", "清除")
