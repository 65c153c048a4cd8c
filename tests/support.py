"""What several test modules need: a small complete library as text, and csbot as a separate program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from csbot.library.entries import insertions_of, regional_of
from csbot.rules.wording.model import Disguises

if TYPE_CHECKING:
    from csbot.library.problems import LibraryError
    from csbot.replying.responder import Responder

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
TIMEOUT = 60  # seconds after which a run counts as hanging
# Messages of which at least one is ambiguous, whatever trainers change.
VAGUE = (
    *("怎么支付", "支付", "付款", "投诉", "处理", "嗯", "太贵了", "怎么弄"),
    *("订单", "密码", "时间", "办理", "查一下", "退", "人工 投诉"),
)

INTENTS = """\
intents:
  - id: payment.methods
    name: 询问付款方式
    trigger: customer
    cue: 客户问怎么付款
    source: "004 顾客咨询付款方式"
    keywords: [付款方式]
    examples:
      - 怎么付款
      - 可以用什么方式付钱
      - 你们支持哪些付款方式
      - 能用微信付款吗
      - 支付宝可以付吗
      - 我想问一下怎么支付
    negatives:
      - 付款方式被我填错了咋改
  - id: payment.invoice
    name: 索要发票
    trigger: customer
    cue: 客户要开发票
    source: "004 发票"
    keywords: [发票]
    examples:
      - 能开发票吗
      - 我要开一张发票
      - 发票什么时候寄给我
      - 电子发票怎么下载
      - 发票抬头写错了
      - 麻烦给我开个票
  - id: greeting.regular
    name: 打招呼
    trigger: customer
    part: greeting
    cue: 客户打招呼
    source: "004 常规开头语"
    examples:
      - 你好
      - 在吗
      - 有人吗
      - 早上好啊
      - 客服在不在
      - hi
  - id: service.not_understood
    name: 没有听懂
    trigger: agent
    cue: 没有识别出客户的情景
    source: "004 没有听清"
    keywords: [没听懂]
out_of_scope:
  - 今天天气真好
  - 给我讲个笑话
  - 你觉得猫可爱还是狗可爱
"""

SCRIPTS = """\
topic: small
name: 小话术
scripts:
  - intent: payment.methods
    source: "004 顾客咨询付款方式"
    elements: [pay_ways]
    replies:
      - text: "{问候}，您可以用支付宝付款。"
      - text: "{姓氏}{称谓}，您可以用支付宝付款，{时限}内到账。"
      - text: "付款可以用支付宝，请您放心。"
    coaching:
      use: 客户问付款时用。
      avoid: 已经付过款时不用。
      never: [不知道]
    next: [payment.invoice]
  - intent: payment.invoice
    source: "004 发票"
    elements: [thanks]
    replies:
      - text: "感谢您的来询，发票会在{时限}内寄出。"
      - text: "谢谢您，电子发票可以在订单里下载。"
      - text: "感谢您，发票已经在开，请留意邮箱。"
    coaching: {use: 要发票时用。, avoid: 没有订单时不用。, never: [不知道]}
    next: []
  - intent: greeting.regular
    source: "004 常规开头语"
    elements: [ask_need]
    replies:
      - text: "{问候}，请问有什么可以帮您？"
      - text: "您好，请问需要什么帮助？"
      - text: "{节日问候}，请问有什么可以帮您？"
        when: {festival: any}
    coaching: {use: 打招呼时用。, avoid: 已经问过好时不用。, never: [说话]}
    next: []
  - intent: service.not_understood
    source: "004 没有听清"
    elements: [ask_need]
    replies:
      - text: "很抱歉，没有看明白您的意思，请问需要什么帮助？"
      - text: "请您再说详细一点，请问有什么可以帮您？"
      - text: "请问您想了解的是{选项}吗？请问有什么可以帮您？"
        when: {options: any}
    coaching: {use: 没看懂时用。, avoid: 看懂了就不用。, never: [听不懂]}
    next: [payment.methods]
"""

FORBIDDEN = """\
category: ten_donts
name: 十不准
source: "002 十不准"
severity: error
rules:
  - id: ten_donts.dont_know
    banned: 不知道
    kind: phrase
    instead: 我帮您查一下，马上回复您。
    reason: 推脱。
    source: "002 十不准第1条"
    bad: [我不知道, 这个不知道, 不清楚也不知道]
    good: [我帮您查一下, 请您稍等]
  - id: ten_donts.no_way
    banned: 没办法
    kind: phrase
    except: [并不是没办法]
    instead: 我们一起想办法。
    reason: 推脱。
    source: "002 十不准第2条"
    bad: [我没办法, 没办法处理, 真没办法]
    good: [并不是没办法, 有办法处理]
  - id: ten_donts.certainly
    banned: 肯定没问题
    kind: phrase
    severity: warning
    instead: 我们会尽力。
    reason: 承诺过满。
    source: "002 十不准第3条"
    bad: [肯定没问题, 这肯定没问题, 明天肯定没问题的]
    good: [没有问题, 我们会尽力]
"""

ELEMENTS = """\
category: shared
name: 通用要素
elements:
  - id: pay_ways
    name: 说明付款方式
    source: "004 顾客咨询付款方式"
    phrases: ["用支付宝"]
    present: [您可以用支付宝付款, 请用支付宝, 用支付宝就行]
    absent: [请付款, 支付宝是什么]
  - id: thanks
    name: 致谢
    source: "004 致谢"
    phrases: ["[感谢|谢谢]您"]
    present: [感谢您, 谢谢您, 谢谢您的来电]
    absent: [不客气, 再见]
  - id: ask_need
    name: 询问需求
    source: "004 常规开头语"
    phrases: ["有什么可以帮您", "需要什么帮助"]
    present: [请问有什么可以帮您, 有什么可以帮您的, 请问需要什么帮助]
    absent: [您好, 再见]
"""

SLOTS = """\
slots:
  - {name: 姓氏, type: 姓氏, prompt: 客户姓什么, example: 王}
  - {name: 称谓, type: 称谓, prompt: 怎样称呼, example: 女士}
  - {name: 时限, type: 时长, prompt: 多久内, default: 24小时}
  - {name: 问候, type: 自动, prompt: 按时间和节日问候}
  - {name: 节日问候, type: 自动, prompt: 节日问候}
  - {name: 选项, type: 自动, prompt: 让客户选的}
"""

OCCASIONS = """\
day_periods:
  - {name: 早上, from: "0:00", to: "12:00", greeting: 早上好}
  - {name: 其余时间, from: "12:00", to: "24:00", greeting: 您好}
festivals:
  - {name: 春节, greeting: 新年好, lunar: "01-01", days: "8", days_before: "1", named_by: [春节快乐]}
"""

SYNONYMS = """\
synonyms:
  - [支付宝, zfb]
goods:
  - [挂钟]
"""


def _listed(name: str) -> dict[str, Any]:
    text = (ROOT / "phrasebook" / f"{name}.yaml").read_text(encoding="utf-8")
    listed: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return listed


# The words of regions and those that are slipped in, as they come with csbot; without look-alikes.
SHIPPED_WORDS = Disguises(regional=regional_of(_listed("regional")), inserted=insertions_of(_listed("inserted")))

PATHS = {
    "intents": "intents.yaml",
    "scripts": "scripts_library/small.yaml",
    "forbidden": "phrasebook/forbidden/ten_donts.yaml",
    "elements": "phrasebook/elements/shared.yaml",
    "slots": "phrasebook/slots.yaml",
    "occasions": "phrasebook/occasions.yaml",
    "synonyms": "phrasebook/synonyms.yaml",
    "regional": "phrasebook/regional.yaml",
    "inserted": "phrasebook/inserted.yaml",
    "agent_questions": "phrasebook/agent_questions.yaml",
}
TEXTS = {
    "intents": INTENTS,
    "scripts": SCRIPTS,
    "forbidden": FORBIDDEN,
    "elements": ELEMENTS,
    "slots": SLOTS,
    "occasions": OCCASIONS,
    "synonyms": SYNONYMS,
}


def write_library(folder: Path, **overrides: str | bytes | None) -> Path:
    """Write a small complete library and return its folder.

    ``overrides`` replace the text of a file or add one, named by its kind (a key of ``PATHS``); None leaves it out.
    """
    assert overrides.keys() <= PATHS.keys(), overrides
    for kind, text in {**TEXTS, **overrides}.items():
        path = folder / PATHS[kind]
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return folder


def refused(folder: Path) -> LibraryError:
    """Return the error with which the library in a folder is refused; fails where it is loaded."""
    import pytest  # the fuzzing, which needs this module too, can do without

    from csbot.library.load import load_library
    from csbot.library.problems import LibraryError

    with pytest.raises(LibraryError) as caught:
        load_library(str(folder))
    return caught.value


def edited(kind: str, old: str, new: str) -> dict[str, str]:
    """Return an override in which the one place of ``old`` became ``new``; fails where it is not there once."""
    text = TEXTS[kind]
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {kind}"
    return {kind: text.replace(old, new)}


def place_of(kind: str, text: str, wanted: str) -> str:
    """Return ``path:line:column`` (1-based, code points) of the first ``wanted`` in the text of a file."""
    at = text.index(wanted)
    return f"{PATHS[kind]}:{text.count(chr(10), 0, at) + 1}:{at - (text.rfind(chr(10), 0, at) + 1) + 1}"


def ambiguous_message(responder: Responder) -> str:
    """Return a short message that may mean several situations, by what the library of this repository is now."""
    from csbot.matching.result import Decision

    return next(text for text in VAGUE if responder.matcher.match(text).decision is Decision.AMBIGUOUS)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def environment(**changes: str | None) -> dict[str, str]:
    """Return a sealed environment for csbot; None takes a variable out."""
    result: dict[str, str | None] = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(ROOT / "src"),
        "CSBOT_CACHE_DIR": os.environ["CSBOT_CACHE_DIR"],  # that of the session, set in conftest.py, as the next is
        "HOME": os.environ["HOME_OF_TESTS"],
        "LC_ALL": "C",  # the hardest locale: everything must be UTF-8 all the same
        **changes,
    }
    return {name: value for name, value in result.items() if value is not None}


def csbot(
    *arguments: str | bytes, stdin: str | bytes = b"", cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run csbot as a program and return what it wrote, decoded strictly: its output is always UTF-8.

    A run that hangs or leaves a traceback fails the test.
    """
    done = subprocess.run(
        [sys.executable, "-m", "csbot", *arguments],
        input=stdin.encode("utf-8", "surrogatepass") if isinstance(stdin, str) else stdin,
        capture_output=True,
        timeout=TIMEOUT,
        cwd=cwd or ROOT,
        env=env or environment(),
        check=False,
    )
    result = subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in result.stderr, result.stderr
    return result


def json_output(done: subprocess.CompletedProcess[str]) -> list[Any]:
    """Return what every line of the output says as JSON."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def jsonl(*rows: Any) -> str:
    """Return rows as JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_rows(name: str) -> list[dict[str, Any]]:
    """Return the rows of a file of tests/data."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def places(problems: Sequence[Any], folder: Path) -> list[str]:
    """Return ``path:line:column: code`` of each problem, the path from ``folder``."""
    return [
        f"{Path(each.path).resolve().relative_to(folder.resolve()).as_posix()}:{each.line}:{each.column}: {each.code}"
        for each in problems
    ]
