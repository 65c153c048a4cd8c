"""Files of a library are changed together, tried before, and written all or none."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from tests.support import PATHS, TEXTS, write_library

from csbot.library.amending import Amendment, write_all
from csbot.library.editing import Append, EditError, Put
from csbot.library.load import load_fresh
from csbot.library.problems import LibraryError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_library(tmp_path)


def files_of(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("kind", "identifier", "found"),
    [
        ("intent", "payment.invoice", ("intents.yaml", ("intents", 1))),
        ("script", "greeting.regular", (PATHS["scripts"], ("scripts", 2))),
        ("rule", "ten_donts.no_way", (PATHS["forbidden"], ("rules", 1))),
        ("element", "thanks", (PATHS["elements"], ("elements", 1))),
        ("slot", "时限", (PATHS["slots"], ("slots", 2))),
        ("festival", "春节", (PATHS["occasions"], ("festivals", 0))),
        ("script", "payment.nothing", None),
    ],
)
def test_entries_are_found_by_their_ids(root: Path, kind: str, identifier: str, found: object) -> None:
    assert Amendment(root).find(kind, identifier) == found


def test_a_change_is_tried_without_touching_the_disk_and_then_written(root: Path) -> None:
    before = files_of(root)
    amendment = Amendment(root)
    amendment.edit("intents.yaml", Append(("intents", 1, "examples"), "开票的事问一下"))
    amendment.edit("intents.yaml", Append(("intents", 1, "keywords"), "开票"))
    amendment.edit(PATHS["scripts"], Put(("scripts", 1, "replies", 1, "text"), "谢谢您，发票在订单里下载。"))
    library, _, problems = amendment.tried()
    assert library is not None
    assert not problems
    assert library.intents["payment.invoice"].examples[-1] == "开票的事问一下"
    assert library.intents["payment.invoice"].keywords == ("发票", "开票")
    assert files_of(root) == before
    assert amendment.write() == ["intents.yaml", PATHS["scripts"]]
    assert load_fresh(root).scripts["payment.invoice"].replies[1].text == "谢谢您，发票在订单里下载。"
    unchanged = set(before) - {"intents.yaml", PATHS["scripts"]}
    assert {name: files_of(root)[name] for name in unchanged} == {name: before[name] for name in unchanged}
    assert set(files_of(root)) == set(before)


def test_a_broken_result_is_told_with_its_place(root: Path) -> None:
    amendment = Amendment(root)
    amendment.edit(PATHS["scripts"], Append(("scripts", 0, "next"), "payment.nothing"))
    library, _, problems = amendment.tried()
    assert library is None
    assert [problem.code for problem in problems] == ["ref.unknown"]
    assert problems[0].path.endswith(PATHS["scripts"])


def test_a_new_file_belongs_to_the_library_that_is_tried(root: Path) -> None:
    amendment = Amendment(root)
    new = TEXTS["forbidden"].replace("ten_donts", "more").replace("十不准", "另外")
    amendment.create("phrasebook/forbidden/more.yaml", new)
    assert amendment.find("rule", "more.no_way") == ("phrasebook/forbidden/more.yaml", ("rules", 1))
    library, _, problems = amendment.tried()
    assert library is not None, problems
    assert len(library.forbidden) == 6
    amendment.write()
    assert (root / "phrasebook/forbidden/more.yaml").read_text(encoding="utf-8") == new
    with pytest.raises(EditError, match="已经有"):
        amendment.create("phrasebook/forbidden/more.yaml", "x")


def test_a_refused_change_leaves_the_others(root: Path) -> None:
    amendment = Amendment(root)
    amendment.edit("intents.yaml", Append(("out_of_scope",), "几点了"))
    with pytest.raises(EditError):
        amendment.edit("intents.yaml", Append(("out_of_scope",), "真的"), Append(("nothing", "there"), "x"))
    assert amendment.document("intents.yaml").data["out_of_scope"][-1] == "几点了"


def test_a_file_that_somebody_else_changed_is_not_written_over(root: Path) -> None:
    amendment = Amendment(root)
    amendment.edit("intents.yaml", Append(("out_of_scope",), "几点了"))
    amendment.edit(PATHS["slots"], Put(("slots", 2, "default"), "48小时"))
    (root / "intents.yaml").write_text("intents: []\n", encoding="utf-8")
    before = files_of(root)
    with pytest.raises(EditError, match="刚刚被别的程序改过"):
        amendment.write()
    assert files_of(root) == before


def test_what_the_disk_refuses_in_the_middle_is_taken_back(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = root / "intents.yaml", root / PATHS["slots"]
    before, real, calls = files_of(root), os.replace, []

    def replace(source: str, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(EditError, match="磁盘满了"):
        write_all({one: b"x", two: b"y"}, {one: one.read_bytes(), two: two.read_bytes()})
    assert len(calls) == 3  # the first file, the second one, the first one back
    assert files_of(root) == before


def test_links_and_permissions_stay(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "intents.yaml"
    (root / "intents.yaml").rename(elsewhere)
    (root / "intents.yaml").symlink_to(elsewhere)
    elsewhere.chmod(0o640)
    amendment = Amendment(root)
    amendment.edit("intents.yaml", Append(("out_of_scope",), "几点了"))
    amendment.write()
    assert (root / "intents.yaml").is_symlink()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o640
    assert "几点了" in elsewhere.read_text(encoding="utf-8")


def test_a_folder_without_a_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError):
        Amendment(tmp_path)
