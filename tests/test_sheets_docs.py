"""What docs/library.md shows of spreadsheets is what comes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.support import ROOT, csbot

GUIDE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
SECTION = GUIDE.partition("\n## 用表格编辑")[2].partition("\n## ")[0]
SHOWN = re.findall(r"^```console\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)


def guide_library(folder: Path) -> Path:
    """Write the small library of the guide into a folder."""
    for body in re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL):
        path = folder / body.split("\n")[0].removeprefix("# ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    return folder


def test_the_output_in_the_guide_is_real(tmp_path: Path) -> None:
    folder = guide_library(tmp_path)
    assert len(SHOWN) == 1
    for body in SHOWN:
        command, _, output = body.partition("\n")
        done = csbot(*shlex.split(command.removeprefix("$ csbot ")), cwd=folder)
        assert done.stderr == ""
        assert done.stdout == output
