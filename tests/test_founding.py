"""``csbot new library`` and ``csbot new layer``: an empty folder becomes something to work in, checked by a server."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.support import csbot, environment, write_library

from csbot.authoring.layer import make_layer
from csbot.library.load import load_fresh
from csbot.lint.run import lint
from csbot.rules.scan import RuleSet

pytestmark = pytest.mark.slow  # csbot is started as a program, again and again

LEVELS = ("公司", "团队", "个人")


def commands_of(path: Path) -> list[list[str]]:
    """Return the commands of csbot that a file of a server runs, as words."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    steps = data["csbot"]["script"] if "csbot" in data else [each.get("run", "") for each in _steps(data)]
    return [shlex.split(each) for each in steps if each.startswith("csbot ")]


def _steps(data: dict[str, dict[str, dict[str, list[dict[str, str]]]]]) -> list[dict[str, str]]:
    return data["jobs"]["csbot"]["steps"]


@pytest.mark.slow  # the built-in library is compiled
@pytest.mark.parametrize("level", LEVELS)
def test_a_new_layer_loads_says_its_level_and_passes_its_test(level: str, tmp_path: Path) -> None:
    root = tmp_path / "星河话术"
    done = csbot("new", "layer", str(root), "--name", "星河", "--level", level, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "先看" in done.stdout
    library = load_fresh(root)
    assert library.layers[-1].title == f"{level}（星河）"
    assert library.slots["公司"].default == ("星河" if level == "公司" else "我们公司")
    for path in root.rglob("*.yaml"):
        if path.name != "csbot.yml":
            assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema="), path
            named = path.read_text(encoding="utf-8").splitlines()[0].partition("$schema=")[2]
            assert (path.parent / named).resolve().is_file()
    done = csbot("test", cwd=root)
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("测试 1 个")


@pytest.mark.slow  # the built-in library is compiled and checked
def test_everything_can_be_added_to_a_new_layer(tmp_path: Path) -> None:
    root = tmp_path / "ours"
    assert csbot("new", "layer", str(root), "--name", "星河").returncode == 0
    rule = ("--banned", "稍安勿躁", "--instead", "我马上为您查询。", "--good", "请您稍等", "--good", "我马上为您查询")
    bad = [word for text in ("请您稍安勿躁", "您稍安勿躁好吗", "稍安勿躁哦") for word in ("--bad", text)]
    replies = [word for n in "一二三" for word in ("--reply", f"感谢您的来询，净水器的第{n}种滤芯我来为您登记。")]
    situation = ("--name", "净水器滤芯", "--cue", "客户问滤芯", "--example", "净水器滤芯多久换", *replies)
    festival = ("--name", "店庆", "--greeting", "您好，店庆快乐", "--solar", "05-20", "--named-by", "店庆")
    for command in (("rule", *rule, *bad), situation, ("festival", *festival, "--teach")):
        done = csbot("new", *command, cwd=root)
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith("  再用 csbot lint 查一遍\n")
    (fresh,) = (rule for rule in load_fresh(root).forbidden if rule.id.startswith("company."))
    assert RuleSet([fresh]).scan("您稍 安 勿 躁")
    assert [each for each in lint(root)[0] if each.severity == "error"] == []


@pytest.mark.slow  # the built-in library is compiled
def test_the_files_of_a_library_are_not_taken_for_what_agents_write(tmp_path: Path) -> None:
    for kind in ("layer", "library"):
        assert csbot("new", kind, kind, cwd=tmp_path).returncode == 0
        done = csbot("check", ".", cwd=tmp_path / kind)
        assert (done.returncode, "file.nothing" in done.stderr) == (2, True), "nothing of it was checked"
        (tmp_path / kind / "drafts").mkdir()
        (tmp_path / kind / "drafts" / "a.txt").write_text("您好，我不知道。", encoding="utf-8")
        done = csbot("check", ".", cwd=tmp_path / kind)
        assert done.returncode == 1
        assert done.stdout.endswith("共 1 处\n")
        done = csbot("lint", "intents.yaml", cwd=tmp_path / kind)
        assert (done.returncode, "查坐席要发的话用 csbot check 文件" in done.stderr) == (2, True)


def test_the_trades_of_a_company_are_written_into_its_settings(tmp_path: Path) -> None:
    for kind in ("layer", "library"):
        done = csbot("new", kind, kind, "--profile", "电商", "--profile", "门店", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert load_fresh(tmp_path / kind).profiles == {"电商", "门店"}
    assert csbot("new", "layer", "other", "--profile", "航空", cwd=tmp_path).returncode == 2


def test_a_layer_upon_a_folder_names_it_as_seen_from_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_library(tmp_path / "base")
    monkeypatch.chdir(tmp_path)
    make_layer(Path("teams/一组"), "团队", "一组", "base")
    assert 'extends: "../../base"' in (tmp_path / "teams/一组/layer.yaml").read_text(encoding="utf-8")
    assert [each.level for each in load_fresh(tmp_path / "teams/一组").layers] == ["基础", "团队"]
    done = csbot("test", cwd=tmp_path / "teams/一组")
    assert done.returncode == 0, done.stdout


def test_the_personal_layer_goes_where_it_is_looked_for(tmp_path: Path) -> None:
    env = environment(CSBOT_PERSONAL=str(tmp_path / "mine"))
    done = csbot("new", "layer", "--level", "个人", "--name", "小李", env=env, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "extends" not in (tmp_path / "mine" / "layer.yaml").read_text(encoding="utf-8")
    assert not (tmp_path / "mine" / ".github").exists()
    assert "个人（小李）" in csbot("library", env=env, cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "写明建在哪个文件夹里"),
        (("x", "--level", "部门"), "公司"),
        (("x", "--extends", "nowhere"), "library.not-found 没有这个文件夹"),
        (("x", "--name", "星{河"), "花括号"),
        (("x", "--name", " \n "), "名称要有字"),
        (("full", "--name", "星河"), "已经有东西了"),
        (("mine", "--level", "公司"), "只能是个人层"),
        (("x", "--ci", "jenkins"), "github"),
    ],
)
def test_a_layer_that_cannot_be_made_leaves_nothing(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("x", encoding="utf-8")
    env = environment(CSBOT_PERSONAL=str(tmp_path / "mine"))
    done = csbot("new", "layer", *arguments, cwd=tmp_path, env=env)
    assert done.returncode == 2
    assert said in done.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.txt", "full"]


def test_the_name_of_a_new_library_is_what_replies_say(tmp_path: Path) -> None:
    name = "星河 # \"旗舰\" 店: '一'"
    assert csbot("new", "library", str(tmp_path / "a"), "--name", name).returncode == 0
    assert load_fresh(tmp_path / "a").slots["公司"].default == name
    assert csbot("new", "library", str(tmp_path / "b"), "--ci", "none").returncode == 0
    assert load_fresh(tmp_path / "b").slots["公司"].default == "我们公司"
    assert not (tmp_path / "b" / ".github").exists()


@pytest.mark.parametrize(
    "folder", ["a/b c", *(pytest.param(name, marks=pytest.mark.slow) for name in ("话术", "it's", "$(x)"))]
)
@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_the_check_stands_at_the_root_of_the_repository(folder: str, service: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    done = csbot("new", "library", folder, "--ci", service, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "写在仓库的根" in done.stdout
    assert not (tmp_path / folder / ".github").exists()
    found = [*tmp_path.glob(".gitlab-ci.yml"), *(tmp_path / ".github").rglob("*.yml")]
    assert len(found) == 1
    assert [words[1:] for words in commands_of(found[0])] == [["--library", folder, each] for each in ("lint", "test")]


def test_a_check_that_is_there_already_is_left_alone_and_told(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitlab-ci.yml").write_text("build: {script: [make]}\n", encoding="utf-8")
    done = csbot("new", "library", "ours", "--ci", "gitlab", cwd=tmp_path)
    assert done.returncode == 0
    assert "没有动它" in done.stdout
    assert "csbot --library ours lint" in done.stdout
    assert (tmp_path / ".gitlab-ci.yml").read_text(encoding="utf-8") == "build: {script: [make]}\n"


@pytest.mark.slow
def test_without_a_repository_the_check_lies_in_the_folder_that_will_be_one(tmp_path: Path) -> None:
    if any((each / ".git").exists() for each in (tmp_path, *tmp_path.parents)):
        pytest.skip("temporary files lie in a repository here")
    done = csbot("new", "library", "ours", cwd=tmp_path)
    assert "git init" in done.stdout
    path = tmp_path / "ours" / ".github" / "workflows" / "csbot.yml"
    assert [words[1:] for words in commands_of(path)] == [["--library", ".", each] for each in ("lint", "test")]
    for words in commands_of(path)[1:]:
        assert csbot(*words[1:], cwd=tmp_path / "ours").returncode == 0


def test_a_layer_whose_base_lies_elsewhere_is_told_that_the_check_needs_it(tmp_path: Path) -> None:
    write_library(tmp_path / "base")
    for name in ("one", "both"):
        (tmp_path / name).mkdir()
    subprocess.run(["git", "init", "-q"], cwd=tmp_path / "one", check=True)
    done = csbot("new", "layer", "one", "--extends", "base", cwd=tmp_path)
    assert "同一个仓库" in done.stdout
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    done = csbot("new", "layer", "both", "--extends", "base", cwd=tmp_path)
    assert done.returncode == 0
    assert "同一个仓库" not in done.stdout
    assert Path(load_fresh(tmp_path / "both").layers[0].root).samefile(tmp_path / "base")
