"""Documents among the files of a library that nobody reads: a trainer put them there to have them read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from csbot.library.problems import Problem, shown_path

FOLDERS = ("scripts_library", "phrasebook")
DOCUMENTS = {".doc", ".docx", ".wps", ".pdf", ".rtf", ".txt", ".md"}
TABLES = {".xls", ".xlsx", ".xlsm", ".et", ".csv", ".tsv"}


def check_strays(root: Path) -> Iterator[Problem]:
    """Yield the documents and spreadsheets in the folders of a library; files that begin with a dot or ~ aside."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")) if (root / folder).is_dir() else ():
            ending = path.suffix.lower()
            if path.name.startswith((".", "~", "README")) or ending not in DOCUMENTS | TABLES:
                continue
            if path.stem.lower().endswith((".yaml", ".yml")):
                continue  # meant as YAML: that is an error, told when the library is loaded
            what = "表格要用 csbot import 写进来" if ending in TABLES else "话术要写在 .yaml 文件里"
            message = f"这个文件不会被读取：{what}，它放在这里没有用"
            yield Problem(shown_path(path), 1, 1, "library.stray-file", message, "warning")
