"""``csbot try`` and ``csbot diff``: what an edit changes against a revision; and scripts that are out of date."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

import pytest
from tests.support import TEXTS, csbot, edited, environment, place_of, places, write_library

from csbot.library.load import load_library
from csbot.lint.run import lint
from csbot.trials.changes import changes_between

OLD = "您可以用支付宝付款，{时限}内到账"
NEW = "您可以用支付宝付款，最晚{时限}内到账"


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *settings, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository in which the small library lies in a folder with a name of its own, committed."""
    write_library(tmp_path / "话 术")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path / "话 术"


def tried(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return csbot("--library", str(folder), "try", "--now", "2026-11-23T10:00", *arguments)


@pytest.mark.slow
def test_nothing_changed(repository: Path) -> None:
    done = tried(repository, "怎么付款", "--examples")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("和 HEAD（")
    assert "识别变了 0 条，只是回复变了 0 条" in done.stdout


@pytest.mark.slow
def test_a_reply_that_changed_is_shown_before_and_after(repository: Path) -> None:
    write_library(repository, **edited("scripts", "感谢您的来询，发票会在", "感谢您的来询，电子发票会在"))
    done = tried(repository, "怎么付款", "能开发票吗")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[:4] == [
        "回复变了（1 条）：payment.invoice（索要发票）",
        "    客户说：「能开发票吗」",
        "    原来：感谢您的来询，发票会在24小时内寄出。",
        "    现在：感谢您的来询，电子发票会在24小时内寄出。",
    ]
    assert done.stdout.splitlines()[-1].endswith("2 条消息里：识别变了 0 条，只是回复变了 1 条，不变 1 条")


@pytest.mark.slow
def test_a_message_that_goes_elsewhere_is_told(repository: Path) -> None:
    moved = TEXTS["intents"].replace("      - 能用微信付款吗\n", "")
    moved = moved.replace("      - 能开发票吗\n", "      - 能开发票吗\n      - 能用微信付款吗\n")
    write_library(repository, intents=moved)
    done = tried(repository, "能用微信付款吗", "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    (difference,) = report["differences"]
    assert difference["change"] == "situation"
    assert difference["before"]["intents"] == ["payment.methods"]
    assert difference["after"]["intents"] != ["payment.methods"]
    assert tried(repository, "能用微信付款吗").stdout.startswith("识别变了（1 条）：payment.methods（询问付款方式） → ")


@pytest.mark.slow
def test_examples_and_tests_are_tried(repository: Path) -> None:
    both = edited("scripts", "感谢您的来询，发票会在", "感谢您的来询，电子发票会在")["scripts"]
    both = both.replace("    next: []\n", "    next: []\n    tests: [{customer: 麻烦您开张发票给我}]\n", 1)
    write_library(repository, scripts=both)
    report = json.loads(tried(repository, "--examples", "--json").stdout)
    changed = {each["text"] for each in report["differences"]}
    assert {"能开发票吗", "麻烦您开张发票给我"} <= changed
    assert "怎么付款" not in changed
    assert len(report["commit"]) == 40


@pytest.mark.slow
def test_messages_come_from_files(repository: Path, tmp_path: Path) -> None:
    write_library(repository, **edited("scripts", "感谢您的来询，发票会在", "感谢您的来询，电子发票会在"))
    (tmp_path / "话.txt").write_text("能开发票吗\n\n怎么付款\n", encoding="utf-8")
    (tmp_path / "话.jsonl").write_text('{"text": "我要开一张发票"}\n', encoding="utf-8")
    done = tried(repository, str(tmp_path / "话.txt"), str(tmp_path / "话.jsonl"), "--json")
    report = json.loads(done.stdout)
    assert report["messages"] == 3
    assert [each["text"] for each in report["differences"]] == ["能开发票吗", "我要开一张发票"]


@pytest.mark.slow
def test_an_older_revision(repository: Path) -> None:
    write_library(repository, **edited("scripts", "感谢您的来询，发票会在", "感谢您的来询，电子发票会在"))
    git(repository, "commit", "-qam", "second")
    assert tried(repository, "能开发票吗").returncode == 0
    assert tried(repository, "能开发票吗", "--against", "HEAD~1").returncode == 1


@pytest.mark.parametrize("command", [("try", "怎么付款", "--against"), ("diff",)])
@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ("nowhere", "git 里没有「nowhere」这个版本，现有的分支："),
        ("--output=stolen", "--output"),
        ("", "不是 git 版本"),
        ("HEAD...nowhere", "没有「HEAD...nowhere」"),
    ],
)
def test_a_revision_that_does_not_exist(repository: Path, command: tuple[str, ...], revision: str, said: str) -> None:
    done = csbot("--library", str(repository), *command, revision, cwd=repository)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert not (repository / "stolen").exists()


def test_outside_of_a_repository(tmp_path: Path) -> None:
    folder = write_library(tmp_path)
    for arguments in (("try", "怎么付款"), ("diff",)):
        done = csbot("--library", str(folder), *arguments)
        assert done.returncode == 2
        assert "不在 git 仓库里" in done.stderr


def test_without_git(repository: Path) -> None:
    done = csbot("--library", str(repository), "diff", env=environment(PATH="/nowhere"))
    assert done.returncode == 2
    assert "没有找到 git" in done.stderr


def test_a_revision_without_the_library(repository: Path) -> None:
    write_library(repository.parent / "新库")
    done = csbot("--library", str(repository.parent / "新库"), "diff")
    assert done.returncode == 2
    assert "版本「HEAD」里没有这个话术库" in done.stderr


def test_a_link_that_leads_out_of_the_library_is_refused(repository: Path) -> None:
    link = repository / "scripts_library" / "outside.yaml"
    link.symlink_to("/etc/hostname")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "link")
    link.unlink()
    done = csbot("--library", str(repository), "diff")
    assert (done.returncode, done.stdout) == (2, "")
    assert "取不出版本「HEAD」" in done.stderr


def test_a_revision_that_was_broken_names_its_places(repository: Path) -> None:
    write_library(repository, **edited("scripts", "intent: greeting.regular", "intent: greeting.regula"))
    git(repository, "commit", "-qam", "broken")
    write_library(repository)
    done = csbot("--library", str(repository), "diff")
    assert done.returncode == 2
    place = place_of("scripts", TEXTS["scripts"], "greeting.regular\n")
    assert f"HEAD:{place}: ref.unknown" in done.stderr


def test_a_broken_working_tree_stops(repository: Path) -> None:
    write_library(repository, intents="intents: [")
    assert tried(repository, "怎么付款").returncode == 2


def test_diff_tells_the_old_and_the_new_wording(repository: Path) -> None:
    write_library(repository, **edited("scripts", OLD, NEW))
    done = csbot("--library", str(repository), "diff")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("## 话术库的改动：和 `HEAD`（")
    assert lines[2:] == [
        "新增 0 处，修改 1 处，去掉 0 处。",
        "",
        "### 情景和话术",
        "",
        "**询问付款方式** `payment.methods`",
        "",
        "- 第 2 条：回复改了",
        "  - 原来：{姓氏}{称谓}，您可以用支付宝付款，{时限}内到账。",
        "  - 现在：{姓氏}{称谓}，您可以用支付宝付款，最晚{时限}内到账。",
    ]


def test_diff_without_changes(repository: Path) -> None:
    done = csbot("--library", str(repository), "diff")
    assert done.returncode == 0
    assert "没有改动" in done.stdout


REPLY = '      - text: "谢谢您，电子发票可以在订单里下载。"\n'
WORDS = [
    ("scripts", REPLY, REPLY + '      - text: "请您留意邮箱，谢谢您。"\n', "reply added payment.invoice#3 新回复"),
    ("scripts", REPLY, "", "reply removed payment.invoice#2 去掉了回复"),
    (
        "scripts",
        REPLY,
        REPLY + "        when: {mood: 着急}\n",
        "reply changed payment.invoice#2 使用条件改了：（不带条件） → （情绪 着急）",
    ),
    (
        "scripts",
        REPLY,
        REPLY + "        when: {channel: 邮件, festival: any, mentions: [下载, 电子发票]}\n",
        "reply changed payment.invoice#2 使用条件改了：（不带条件） → （说到 下载、电子发票，渠道 邮件，节日 有）",
    ),
    (
        "scripts",
        "elements: [pay_ways]",
        "elements: [pay_ways, thanks]",
        "situation changed payment.methods 必须有的要素：加了 「thanks」",
    ),
    (
        "scripts",
        "use: 客户问付款时用。",
        "use: 客户问怎么付时用。",
        "situation changed payment.methods 给坐席的说明“什么时候用”改了",
    ),
    (
        "intents",
        "- 有人吗",
        "- 有人没有",
        "situation changed greeting.regular 识别用的例句：加了 「有人没有」，去掉 「有人吗」",
    ),
    ("intents", "name: 打招呼", "name: 问好", "situation changed greeting.regular 名称改了"),
    (
        "forbidden",
        "    severity: warning\n",
        "",
        "rule changed ten_donts.certainly 「肯定没问题」的轻重改了：警告 → 错误",
    ),
    (
        "forbidden",
        "id: ten_donts.no_way",
        "id: ten_donts.no_method",
        "rule added ten_donts.no_method 新的禁用语「没办法」",
    ),
    (
        "forbidden",
        "id: ten_donts.no_way",
        "id: ten_donts.no_method",
        "rule removed ten_donts.no_way 不再检查禁用语「没办法」",
    ),
    ("forbidden", "我们一起想办法。", "我来想办法。", "rule changed ten_donts.no_way 「没办法」的改说改了"),
    (
        "forbidden",
        "except: [并不是没办法]",
        "except: [并非没办法, 并不是没办法]",
        "「没办法」例外：加了 「并非没办法」",
    ),
    ("elements", 'phrases: ["用支付宝"]', 'phrases: ["用支付宝", "支付宝付"]', "element changed pay_ways"),
    ("slots", "default: 24小时", "default: 48小时", "slot changed 时限 「时限」的默认值改了"),
    ("occasions", "greeting: 新年好", "greeting: 过年好", "setting changed festivals.春节 改了节日「春节」"),
    ("synonyms", "zfb", "zhifubao", "setting changed synonyms 识别用的同义词改了"),
    ("synonyms", "挂钟", "闹钟", "setting changed goods 识别用的商品叫法改了"),
]


@pytest.mark.parametrize(("kind", "old", "new", "said"), WORDS)
def test_every_change_is_told_in_words(tmp_path: Path, kind: str, old: str, new: str, said: str) -> None:
    before = load_library(str(write_library(tmp_path / "before")))
    after = load_library(str(write_library(tmp_path / "after", **edited(kind, old, new))))
    told = [f"{each.subject} {each.kind} {each.id} {each.what}" for each in changes_between(before, after)]
    assert any(said in each for each in told), told
    assert changes_between(before, before) == []


def test_a_new_situation_and_one_that_is_gone(tmp_path: Path) -> None:
    before = load_library(str(write_library(tmp_path / "before")))
    renamed = {kind: TEXTS[kind].replace("greeting.regular", "greeting.first") for kind in ("intents", "scripts")}
    after = load_library(str(write_library(tmp_path / "after", **renamed)))
    told = [(each.subject, each.kind, each.id) for each in changes_between(before, after)]
    assert told[0] == ("situation", "added", "greeting.first")
    assert told.count(("situation", "removed", "greeting.regular")) == 1
    assert [each for each in told if each[0] == "reply"] == [
        ("reply", "added", f"greeting.first#{n}") for n in (1, 2, 3)
    ]


def test_the_order_of_replies_is_a_change(tmp_path: Path) -> None:
    before = load_library(str(write_library(tmp_path / "before")))
    other = (
        TEXTS["scripts"]
        .replace(REPLY, "")
        .replace("    elements: [thanks]\n    replies:\n", "    elements: [thanks]\n    replies:\n" + REPLY)
    )
    after = load_library(str(write_library(tmp_path / "after", scripts=other)))
    assert [each.what for each in changes_between(before, after)] == ["回复的先后次序改了"]


def test_diff_as_json_and_markdown_that_cannot_be_broken_out_of(repository: Path) -> None:
    write_library(repository, **edited("scripts", OLD, "<b>`x`</b> 您可以用支付宝付款，{时限}内到账"))
    report = json.loads(csbot("--library", str(repository), "diff", "--json").stdout)
    (change,) = report["changes"]
    assert (change["subject"], change["kind"], change["id"]) == ("reply", "changed", "payment.methods#2")
    assert "<b>" in change["after"]
    assert r"\<b\>\`x\`\</b\>" in csbot("--library", str(repository), "diff").stdout


REVIEW = "  - intent: payment.methods\n"


@pytest.mark.parametrize(
    ("fields", "settings", "codes"),
    [
        ("", None, []),
        ("owner: 李娜", None, []),
        ("reviewed: 2025-11-22", None, []),
        ("reviewed: 2025-11-21", None, ["script.review-due"]),
        ("reviewed: 2026-10-01", "profiles: []\nreview_days: 30\n", ["script.review-due"]),
        ("expires: 2026-11-22", None, []),
        ("expires: 2026-11-21", None, ["script.expired"]),
        ("expires: 2026-02-30", None, ["schema.format"]),
        ("expires: 明年", None, ["schema.format"]),
    ],
)
def test_scripts_that_are_out_of_date(tmp_path: Path, fields: str, settings: str | None, codes: list[str]) -> None:
    added = f"    {fields}\n" if fields else ""
    text = TEXTS["scripts"].replace(REVIEW, REVIEW + added, 1)
    folder = write_library(tmp_path, scripts=text)
    if settings:
        (folder / "phrasebook" / "settings.yaml").write_text(settings, encoding="utf-8")
    problems, _ = lint(folder, date(2026, 11, 22))
    found = [problem for problem in problems if problem.code.partition(".")[0] in ("script", "schema")]
    assert [problem.code for problem in found] == codes
    if codes:
        value = fields.split(": ")[1]
        assert places(found, folder) == [f"{place_of('scripts', text, value)}: {codes[0]}"]


@pytest.mark.slow
def test_lint_takes_the_day_from_now(tmp_path: Path) -> None:
    text = TEXTS["scripts"].replace(REVIEW, REVIEW + "    owner: 李娜\n    expires: 2026-11-21\n", 1)
    folder = write_library(tmp_path, scripts=text)
    late = csbot("--library", str(folder), "--now", "2026-11-22T10:00", "lint").stdout
    assert "script.expired 话术「payment.methods」2026-11-21 已经到期（负责人：李娜）" in late
    assert "script.expired" not in csbot("--library", str(folder), "--now", "2026-11-21T10:00", "lint").stdout
