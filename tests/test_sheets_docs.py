"""What docs/library.md shows of spreadsheets is what comes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

from tests.sheets import append, edit, put, rows, run
from tests.support import ROOT

GUIDE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
SECTION = GUIDE.partition("\n## 用表格编辑")[2].partition("\n## ")[0]
SHOWN = re.findall(r"^```console\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
PHRASES = """\
快捷码,分组,内容
客户致谢,常用,谢谢您，欢迎您再来。
客户致谢,常用,谢谢您，这个我不知道呢。
运费,售后,运费由我们承担。
"""


def guide_library(folder: Path) -> Path:
    """Write the small library of the guide into a folder."""
    for body in re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL):
        path = folder / body.split("\n")[0].removeprefix("# ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    return folder


def change(sheets: Any) -> None:
    situations, replies = sheets["情景"], sheets["回复"]
    row = rows(replies, 情景编号="payment.invoice")[1]
    put(replies, row, "回复", replies.cell(row, 3).value.replace("可以的", "没问题"))
    put(situations, rows(situations, 编号="payment.invoice")[0], "关键词", "发票、开票、专票、开个票")
    append(replies, 情景编号="payment.invoice", 回复="请您把发票抬头发给我，{时限}内开好。")
    append(replies, 情景编号="payment.invoice", 回复="请您提供发票抬头，什么时候开好不知道，{时限}内答复。")


def test_the_output_in_the_guide_is_real(tmp_path: Path) -> None:
    folder = guide_library(tmp_path)
    (folder / "快捷短语.csv").write_text(PHRASES, encoding="utf-8")
    codes = []
    for number, body in enumerate(SHOWN):
        if number == 1:
            edit(folder / "话术.xlsx", change)
        command, _, output = body.partition("\n")
        done = run(*shlex.split(command.removeprefix("$ csbot ")), cwd=folder)
        assert done.stderr == ""
        assert done.stdout == output
        codes.append(done.returncode)
    assert codes == [0, 1, 1, 1]
