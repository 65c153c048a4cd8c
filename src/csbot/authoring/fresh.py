"""A company's own library to begin with: taken from the built-in one, small enough to be read in one sitting."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from csbot.authoring.placing import FreshError, Made, place, single_line
from csbot.library.editor import NAMES, reference, schema_text
from csbot.library.load import load_fresh, read_documents
from csbot.library.locate import DISGUISES, built_in
from csbot.library.models import Library
from csbot.library.problems import LibraryError
from csbot.library.references import SLOT_PATTERN
from csbot.library.yaml_writer import Value, block

# What every library needs: a greeting, thanks, a complaint, a pause, and an answer to what was not understood.
SITUATIONS = (
    "greeting.regular",
    "courtesy.customer_thanks",
    "complaint.want_to_complain",
    "service.please_wait",
    "service.not_understood",
)
COMPANY = "公司"  # the slot for what the company is called
SLOTS = (COMPANY, "姓氏", "称谓", "时限", "订单号", "问候", "节日问候", "选项")  # besides those that the replies have
ELEMENTS = (
    "apology",
    "understanding",
    "thanks",
    "deadline",
    "ask_order_no",
    "handle_now",
    "contact_channel",
    "ask_more",
)
COPIED = tuple(
    f"phrasebook/{name}.yaml" for name in ("rewriting", "circumstances", "occasions", "agent_questions", *DISGUISES)
)
OUT_OF_SCOPE = 60  # messages

_COMMENTS = {
    "intents.yaml": "# 情景：客户会怎么说，怎样认出来。加一个情景最省事的办法：csbot new",
    "scripts_library/company.yaml": "# 话术：每个情景怎么回复。改完运行 csbot lint 和 csbot test",
    "phrasebook/slots.yaml": "# 变量：回复里要填的空。公司自己定的事（名称、时限、电话）写在 default 里",
    "phrasebook/settings.yaml": "# 公司的设置：profiles 是行业，空的 [] 表示都要；switched_off 是不用的禁用语规则",
    "phrasebook/elements/company.yaml": "# 要素：话术里必须说到什么",
}

_README = """\
# {name}的话术库

给客服用的情景、话术和禁用语规则，由 csbot 读取。不会编程也能改：都是文字文件（YAML）。

## 每天用

在这个文件夹里运行 `csbot`，输入客户的话，得到可以发送的回复。

## 加内容

| 想做 | 命令 |
| --- | --- |
| 加一个情景和它的话术 | `csbot new`，照着问题一项一项填 |
| 加一条禁用语规则 | `csbot new rule` |
| 加一个节日 | `csbot new festival` |
| 看坐席遇到的、没有认出来的话 | `csbot inbox` |

写入以前会先检查；有不能说的话，会指出来并给出改法。

## 改完以后

```
csbot --library . lint
csbot --library . test
```

第一条查写法、禁用语和要素，第二条运行测试。仓库根下的 `.github/workflows/csbot.yml`（或 `.gitlab-ci.yml`）
让服务器在每次提交时自动运行这两条。

## 先改这几处

1. `phrasebook/slots.yaml`：公司的名称、答复时限、投诉渠道。
2. `phrasebook/settings.yaml`：公司的行业。
3. `scripts_library/company.yaml`：照公司的口气改开头语和致谢。

例句少于 30 条的情景、还没有用到的要素，lint 会给出警告，不影响使用。

## 文件

| 文件 | 写什么 |
| --- | --- |
| `intents.yaml` | 情景：客户会怎么说 |
| `scripts_library/` | 话术；`conversations/` 里是对话测试 |
| `phrasebook/forbidden/` | 什么不能说，改说什么 |
| `phrasebook/elements/` | 话术里必须说到什么 |
| `phrasebook/slots.yaml` | 回复里要填的变量 |
| `phrasebook/occasions.yaml` | 时段和节日的问候 |
| `phrasebook/rewriting.yaml` | 改写坐席的话时的通用约定 |
| `phrasebook/circumstances.yaml` | 命中的前后有什么话就不算 |
| `phrasebook/agent_questions.yaml` | 坐席自己找话术时怎么说 |
| `phrasebook/shapes.yaml`、`regional.yaml`、`inserted.yaml` | 变形怎么认：形近字、各地的话、插入的词 |
| `phrasebook/schemas/` | 给编辑器用的写法说明；升级 csbot 以后运行 `csbot schema --write phrasebook/schemas` |
"""


def make_library(folder: Path, name: str | None, service: str = "github", profiles: Sequence[str] = ()) -> Made:
    """Make a library in a folder that is new or holds nothing but hidden files.

    ``name`` is what the company is called towards customers, the usual 「我们公司」 where it is None; ``service`` the
    server that checks the library (csbot.authoring.workflow); ``profiles`` are its trades, all where it is empty. There
    is a whole library afterwards, or nothing. Raises FreshError.
    """
    return place(folder, _files(single_line(name) if name is not None else None, profiles), service)


def _files(company: str | None, profiles: Sequence[str]) -> dict[str, str]:
    source = built_in()
    try:
        documents, _ = read_documents(source, tests=False)
        library = load_fresh(source)
    except LibraryError as error:
        raise FreshError(f"内置的话术库有问题，不能照着它建：{error.problems[0]}") from None
    files = {name: _file(name, data) for name, data in _contents(library, documents, company, profiles).items()}
    files["scripts_library/conversations/开场.yaml"] = CONVERSATION
    files["README.md"] = _README.format(name=company or "本公司")
    files[IGNORE_FILE] = IGNORED
    files |= {f"phrasebook/schemas/{kind}.json": schema_text(kind) for kind in NAMES}
    rules = sorted(path.relative_to(source).as_posix() for path in (source / "phrasebook/forbidden").rglob("*.yaml"))
    return files | {name: (source / name).read_text(encoding="utf-8") for name in (*COPIED, *rules)}


# Rules and their examples are full of what nobody may say: whoever checks the whole folder does not mean them.
IGNORE_FILE = ".csbotignore"
IGNORED = """\
# csbot check 查坐席要发的话；话术库自己的文件由 csbot lint 查。写法同 .gitignore。
/README.md
/intents.yaml
/layer.yaml
/phrasebook/
/scripts_library/
"""
CONVERSATION = """\
# yaml-language-server: $schema=../../phrasebook/schemas/conversations.json
name: 问好，投诉，道谢
steps:
  - customer: 你好，在吗
    expect: {situation: greeting.regular}
  - customer: 我要投诉
    expect: {situation: complaint.want_to_complain, elements: [apology_inconvenience]}
  - use: service.please_wait
    slots: {等待时间: 2分钟}
    expect: {elements: [please_wait]}
  - customer: 谢谢你
    expect: {situation: courtesy.customer_thanks}
"""


def _file(name: str, data: Mapping[str, Value]) -> str:
    """Return the text of a file, one entry apart from the next where entries are long."""
    text = block(data, 0, lambda key: "flow" if name.endswith("slots.yaml") and len(key) == 2 else "")
    if name.startswith("scripts_library") or name == "intents.yaml":
        text = re.sub(r"(?m)(?<!s:)\n(  - (?:id|intent): )", r"\n\n\1", text)
    return f"{reference(name)}\n{_COMMENTS[name]}\n{text}\n"


def _contents(
    library: Library, documents: Mapping[str, Any], company: str | None, profiles: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return what the files hold that are made of parts of the built-in library."""
    data = {name: document.data for name, document in documents.items()}
    intents = [each for each in data["intents.yaml"]["intents"] if each["id"] in SITUATIONS]
    entries = [
        each for name, file in data.items() if name.startswith("scripts_library/") for each in file.get("scripts", ())
    ]
    scripts = [_script(each) for each in entries if each["intent"] in SITUATIONS]
    used = {name for each in scripts for reply in each["replies"] for name in SLOT_PATTERN.findall(reply["text"])}
    wanted = {name for each in scripts for entry in each["elements"] for name in entry.split("|")}
    elements = [
        each
        for name, file in data.items()
        if name.startswith("phrasebook/elements/")
        for each in file["elements"]
        if each["id"] in wanted or each["id"] in ELEMENTS
    ]
    strangers = list(library.out_of_scope)
    step = max(len(strangers) // OUT_OF_SCOPE, 1)
    return {
        "intents.yaml": {
            "intents": [{**each, "negatives": []} for each in intents],
            "out_of_scope": strangers[::step][:OUT_OF_SCOPE],
        },
        "scripts_library/company.yaml": {"topic": "company", "name": "本公司", "scripts": scripts},
        "phrasebook/slots.yaml": {
            "slots": [
                {**each, "default": company} if company and each["name"] == COMPANY else each
                for each in data["phrasebook/slots.yaml"]["slots"]
                if each["name"] in {*SLOTS, *used}
            ]
        },
        "phrasebook/elements/company.yaml": {"category": "company", "name": "本公司的要素", "elements": elements},
        "phrasebook/settings.yaml": {"profiles": list(profiles), "switched_off": []},
    }


def _script(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a script that names no situation that this library does not have."""
    kept = {name: value for name, value in entry.items() if name != "tests"}
    named = {name: [each for each in entry[name] if each in SITUATIONS] for name in ("next", "covers") if name in entry}
    return {name: named.get(name, value) for name, value in kept.items() if named.get(name) or name != "covers"}
