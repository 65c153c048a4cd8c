"""Words, sounds and the cache that makes them quick: quiet, private, and no worse for damage."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from csbot.text import cache as cache_module
from csbot.text.cache import cache_directory, cached, cached_with_bytes
from csbot.text.dictionary import depths, dictionary, dictionary_path
from csbot.text.pinyin import coarse, reading, sounds, split_latin
from csbot.text.tokenise import Words, is_any_word

SOURCES = Path(__file__).resolve().parent.parent / "src"


def run_python(program: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a fresh interpreter whose home, temporary and current folders lie below ``folder``."""
    names = ("home", "tmp", "here")
    places = {name: folder / name for name in names}
    for place in places.values():
        place.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-W", "default", "-c", program],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCES),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(places["home"]),
            "TMPDIR": str(places["tmp"]),
            **environment,
        },
        cwd=places["here"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def files_below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_cutting_is_quiet_and_writes_to_the_cache_directory_only(tmp_path: Path) -> None:
    program = (
        "from csbot.text.tokenise import Words\nfrom csbot.text.pinyin import sounds\n"
        "assert Words().cut('今天天气很好') and sounds('退款')\n"
    )
    finished = run_python(program, tmp_path, CSBOT_CACHE_DIR=str(tmp_path / "cache"))
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")
    assert files_below(tmp_path) == ["cache/dictionary.cache", "cache/pinyin.cache"]


@pytest.mark.parametrize(
    ("word", "is_one"), [("退款", True), ("骑手", True), ("退", True), ("退款款", False), ("", False)]
)
def test_every_word_of_the_dictionary_is_known_however_rare_it_is(word: str, is_one: bool) -> None:
    assert is_any_word(word) is is_one
    assert is_any_word("\ud800") is False
    for each in re.findall(r"^\S+", dictionary_path().read_text(encoding="utf-8"), re.MULTILINE)[::997]:
        assert is_any_word(each)
        assert not is_any_word(f"{each}{each}的")


def test_words_are_cut_and_put_together_again() -> None:
    words = Words()
    text = "我要退款,订单号abc123 还没到!"
    assert "".join(words.cut(text)) == text
    assert "订单" in words.cut(text)


@pytest.mark.parametrize("own", ["拼手气红包", "银豆", "自助退改签", "云闪付", "上门取件服务费"])
def test_a_librarys_own_words_win_over_their_pieces(own: str) -> None:
    sentence = f"请问{own}怎么用"
    assert own not in Words().cut(sentence), "choose a word that the dictionary does not hold"
    words = Words([own])
    assert own in words.cut(sentence)
    assert words.known(own)


def test_the_dictionary_says_how_deep_a_character_stands_in_a_word() -> None:
    counts, total = dictionary()
    assert total == sum(counts.values())
    deepest: dict[str, int] = {}
    for word in counts:
        for depth, character in enumerate(word):
            deepest[character] = max(depth, deepest.get(character, 0))
            assert word[: depth + 1] in counts
    assert depths() == deepest
    assert ("\x00" in counts, "" in counts, counts.get("絶", 0)) == (False, False, 0)


def test_own_words_stay_with_their_library() -> None:
    Words(["拼手气红包"])
    assert not Words().known("拼手气红包")


def test_an_unknown_word_and_an_empty_text() -> None:
    words = Words()
    assert words.cut("") == []
    assert not words.known("絶對不是詞")
    assert words.known("客户")


# ── sounds ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("syllable", "merged"),
    [
        ("zhang", "zan"),
        ("zan", "zan"),
        ("chi", "ci"),
        ("shi", "si"),
        ("sheng", "sen"),
        ("ni", "li"),
        ("nv", "lv"),
        ("ling", "lin"),
        ("an", "an"),
        ("", ""),
    ],
)
def test_coarse(syllable: str, merged: str) -> None:
    assert coarse(syllable) == merged


@pytest.mark.parametrize(
    ("letters", "syllables"),
    [
        ("tuikuan", ("tui", "kuan")),
        ("fapiao", ("fa", "piao")),
        ("xian", ("xian",)),  # longest first
        ("xianggang", ("xiang", "gang")),
        ("nihao", ("ni", "hao")),
        ("danganguan", ("dang", "an", "guan")),
        ("dangu", ("dan", "gu")),  # the longest first syllable leaves no second one
        ("hello", ()),
        ("wxyz", ()),
        ("", ()),
    ],
)
def test_split_latin(letters: str, syllables: tuple[str, ...]) -> None:
    assert split_latin(letters) == syllables


@pytest.mark.parametrize(
    ("character", "syllable"), [("退", "tui"), ("女", "nv"), ("绿", "lv"), ("a", ""), ("，", ""), ("😀", "")]
)
def test_reading(character: str, syllable: str) -> None:
    assert reading(character) == syllable


@pytest.mark.parametrize(
    ("one", "other"), [("登陆", "登录"), ("退款", "tuikuan"), ("发票", "fapiao"), ("账单", "帐单"), ("支付", "之付")]
)
def test_homophones_sound_alike(one: str, other: str) -> None:
    assert sounds(one) == sounds(other) != []


def test_sounds_of_a_mixed_text() -> None:
    assert sounds("退kuan, 123 hello!") == ["tui", "kuan"]
    assert sounds("a" * 30) == []


def test_a_long_run_of_letters_is_no_trouble() -> None:
    assert sounds("xiangang" * 5000) == []


# ── cache ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache directory."""
    place = tmp_path / "cache"
    monkeypatch.setenv("CSBOT_CACHE_DIR", str(place))
    return place


class Builder:
    """Builds a value and counts how often it had to."""

    def __init__(self, value: object = None) -> None:
        self.value = {"甲": [1, 2, "…\ud800"]} if value is None else value
        self.built = 0

    def __call__(self) -> object:
        self.built += 1
        return self.value


def test_a_value_is_built_once(folder: Path) -> None:
    build = Builder()
    assert [cached("x", "key", build), cached("x", "key", build)] == [build.value] * 2
    assert build.built == 1
    assert files_below(folder) == ["x.cache"]


def test_bytes_come_back_as_they_were(folder: Path) -> None:
    block = bytes(range(256)) * 3 + b"\n\n"
    cached_with_bytes("x", "key", lambda: ([1], block))
    assert cached_with_bytes("x", "key", lambda: ([0], b"built again")) == ([1], block)


def test_another_key_builds_again_and_replaces(folder: Path) -> None:
    old, new = Builder("old"), Builder("new")
    assert cached("x", "one", old) == "old"
    assert cached("x", "two", new) == "new"
    assert cached("x", "two", old) == "new"
    assert files_below(folder) == ["x.cache"]


def test_another_format_builds_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached("x", "key", Builder("old"))
    monkeypatch.setattr(cache_module, "FORMAT", cache_module.FORMAT + 1)
    assert cached("x", "key", Builder("new")) == "new"


def _damaged(content: bytes) -> dict[str, bytes]:
    digest, sizes, rest = content.split(b"\n", 2)
    return {
        "empty": b"",
        "no line break": b"x" * 100,
        "binary": bytes(range(256)),
        "cut short": content[: len(content) // 2],
        "last byte lost": content[:-1],
        "one byte changed": content[:-3] + b"7" + content[-2:],
        "something appended": content + b"x",
        "sizes missing": digest + b"\n\n" + rest,
        "size negative": digest + b"\n-5 0\n" + rest,
        "size huge": digest + b"\n" + b"9" * 18 + b" 0\n" + rest,
        "size past all integers": digest + b"\n" + b"9" * 6000 + b"\n" + rest,
        "another value of the right size": digest + b"\n" + sizes + b"\n" + json.dumps([0]).encode(),
        "deep": digest + b"\n200000 0\n" + b"[" * 200_000,
    }


def test_a_damaged_file_is_built_again(folder: Path) -> None:
    cached("x", "key", Builder())
    path = folder / "x.cache"
    for name, content in _damaged(path.read_bytes()).items():
        path.write_bytes(content)
        build = Builder("fresh")
        assert cached("x", "key", build) == "fresh", name
        assert build.built == 1, name
        assert cached("x", "key", Builder("not needed")) == "fresh", f"{name}: was not mended"


def test_an_unwritable_directory_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain_file = tmp_path / "file"
    plain_file.write_text("in the way")
    for place in (plain_file, plain_file / "below", Path("/proc/csbot-cannot-be-made")):
        monkeypatch.setenv("CSBOT_CACHE_DIR", str(place))
        build = Builder("built")
        assert [cached("x", "key", build), cached("x", "key", build)] == ["built", "built"]
        assert build.built == 2
    assert plain_file.read_text() == "in the way"


def test_a_directory_in_the_place_of_the_file_is_no_trouble(folder: Path) -> None:
    (folder / "x.cache").mkdir(parents=True)
    assert cached("x", "key", Builder("built")) == "built"
    assert files_below(folder) == [], "a temporary file was left behind"


def test_an_empty_name_switches_the_cache_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSBOT_CACHE_DIR", "")
    monkeypatch.chdir(tmp_path)
    assert cache_directory() is None
    build = Builder("built")
    assert [cached("x", "key", build), cached("x", "key", build)] == ["built", "built"]
    assert build.built == 2
    assert files_below(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_the_cache_is_private(folder: Path) -> None:
    cached("x", "key", Builder())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "x.cache").stat().st_mode) == 0o600


def test_a_failing_build_leaves_nothing(folder: Path) -> None:
    def fail() -> object:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cached("x", "key", fail)
    assert files_below(folder) == []


@pytest.mark.slow
def test_two_processes_at_once_never_read_half_a_value(tmp_path: Path) -> None:
    """Two processes replace one another's value all the time; every value read must be whole."""
    program = """
from csbot.text.cache import cached
for turn in range(150):
    key = f"{turn % 3}"
    value = cached("shared", key, lambda: [key] * 20000)
    assert value == [key] * 20000, "half a value, or another key's"
"""
    finished: list[subprocess.CompletedProcess[str]] = []

    def work(name: str) -> None:
        own = tmp_path / name
        own.mkdir()
        finished.append(run_python(program, own, CSBOT_CACHE_DIR=cache_folder))

    cache_folder = str(tmp_path / "cache")
    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(each.returncode, each.stderr) for each in finished] == [(0, "")] * 2
    assert files_below(tmp_path / "cache") == ["shared.cache"], "a temporary file was left behind"


def test_readings_are_made_without_the_rest_of_their_package(tmp_path: Path) -> None:
    program = (
        "import sys; from csbot.text.pinyin import reading, readings\n"
        "print(reading('好'), *readings('行')[:2], [name for name in sys.modules if name.startswith('pypinyin.seg')])\n"
        "import pypinyin; print(pypinyin.lazy_pinyin('你好'))"
    )
    finished = run_python(program, tmp_path, CSBOT_CACHE_DIR=str(tmp_path / "cache"))
    assert finished.stdout.splitlines() == ["hao xing hang []", "['ni', 'hao']"], finished.stderr
