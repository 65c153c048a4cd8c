"""A layer to begin with: a folder that changes a few things of the library below, and a test that holds it to them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from csbot.authoring.fresh import COMPANY, CONVERSATION, IGNORE_FILE, IGNORED, SITUATIONS
from csbot.authoring.placing import FreshError, Made, place, single_line
from csbot.authoring.workflow import NONE, repository_of
from csbot.library.editor import NAMES, reference, schema_text
from csbot.library.layers import BUILT_IN
from csbot.library.load import load_fresh
from csbot.library.locate import LAYER, built_in, locate, personal_folder
from csbot.library.models import Library
from csbot.library.problems import LibraryError
from csbot.library.yaml_writer import Value, block, flow, scalar

LEVELS = ("公司", "团队", "个人")
FALLBACK = "service.not_understood"  # every library has it

_LAYER = """\
{reference}
# 这一层只写和下层不同的部分：没有改动的文件不用放，没有改动的键不用写。
level: {level}
name: {name}
{extends}{off}"""
_EXTENDS = "extends: {below}   # 下面是哪个话术库：内置，或者文件夹（从本文件算起）\n"
_OFF = """\
# 停用下层的内容，每一项写明理由；要停用时去掉前面的 #：
# off:
#   - {situation: payment.cash_on_delivery, reason: 我们不做货到付款}
"""
_SLOTS = """\
{reference}
# 改下层的变量：写名称、change: add，再写要改的键。别的变量（时限、客服热线……）也这样改
slots:
  - {slot}
"""
_README = """\
# {name}：{level}层的话术

放在{below}的上面，由 csbot 读取：只写和下层不同的部分，下层升级以后自动跟着变。不会编程也能改：都是文字文件（YAML）。

## 加内容

在这个文件夹里运行：

| 想做 | 命令 |
| --- | --- |
| 加一个情景和它的话术 | `csbot new`，照着问题一项一项填 |
| 加一条禁用语规则 | `csbot new rule` |
| 加一个节日 | `csbot new festival` |
| 看这一层改了下层的什么 | `csbot library` |
| 看坐席遇到的、没有认出来的话 | `csbot inbox` |

## 改下层的内容

写同样的编号，加一行 `change`，再写要改的键。比如给下层的情景多加一条回复，写进 `scripts_library/` 里的任何一个文件：

```yaml
topic: company
name: 本公司
scripts:
  - intent: courtesy.customer_thanks
    change: add                # 补充：列表接在下层的后面；换掉写 replace
    replies:
      - text: "不用客气，谢谢您的信任，祝您生活愉快。"
```

情景的例句同样写在 `intents.yaml` 里：`- {{id: payment.invoice, change: add, examples: [水费发票能开吗]}}`。
下层的内容不用的，写在 `layer.yaml` 的 `off` 里。全部写法见 csbot 的文档 docs/library.md 的“分层”。

## 改完以后

```
csbot --library . lint
csbot --library . test
```

第一条查写法、禁用语和要素，第二条运行 `scripts_library/conversations` 里的测试。

## 文件

| 文件 | 写什么 |
| --- | --- |
| `layer.yaml` | 哪一层，放在谁的上面，停用什么 |
| `intents.yaml` | 情景：客户会怎么说（`csbot new` 会建） |
| `scripts_library/` | 话术；`conversations/` 里是对话测试 |
| `phrasebook/forbidden/` | 什么不能说，改说什么（`csbot new rule` 会建） |
| `phrasebook/slots.yaml` | 回复里要填的变量 |
| `phrasebook/settings.yaml` | 公司的行业，如 `profiles: [电商]`：别的行业的情景不参与识别 |
| `phrasebook/occasions.yaml` | 节日的问候（`csbot new festival` 会建） |
| `phrasebook/schemas/` | 给编辑器用的写法说明；升级 csbot 以后运行 `csbot schema --write phrasebook/schemas` |
"""


def make_layer(
    folder: Path | None,
    level: str,
    name: str,
    below: str | None,
    service: str = "github",
    profiles: Sequence[str] = (),
) -> Made:
    """Make a layer of ``level`` in a folder that is new or holds nothing but hidden files.

    ``below`` names the library it stands on: 「内置」 (where it is None), or a folder, from the current one. The user's
    own layer goes where csbot looks for it where ``folder`` is None, and names none. ``service`` is the server that
    checks it (csbot.authoring.workflow); ``profiles`` are the trades, those below where it is empty. Raises FreshError.
    """
    name = single_line(name)
    own = personal_folder()
    if folder is None and level != LEVELS[-1]:
        raise FreshError("写明建在哪个文件夹里，如 csbot new layer 星河话术 --name 星河")
    if folder is None and own is None:
        raise FreshError("不知道个人设置的文件夹在哪里，请写明文件夹，或设环境变量 CSBOT_PERSONAL")
    target = folder or own
    assert target is not None
    personal = own is not None and target.resolve() == own.resolve()
    if personal and (level != LEVELS[-1] or below is not None):
        raise FreshError("个人设置文件夹里的只能是个人层，不写 --extends：它总在正在用的话术库上面")
    library = _library(below, personal=personal)
    named = _named(below, target)
    text = _layer(level, name, None if personal else named)
    files = {LAYER: text, **_contents(level, name, library, profiles)}
    files["README.md"] = _README.format(name=name, level=level, below=_called(below, library, personal=personal))
    files[IGNORE_FILE] = IGNORED
    files |= {f"phrasebook/schemas/{kind}.json": schema_text(kind) for kind in NAMES}
    made = place(
        target,
        files,
        NONE if personal else service,
        {LAYER: _layer(level, name, str(library.root.resolve()))} if personal else None,
    )
    if named != BUILT_IN and service != NONE and not personal:
        home = repository_of(target)
        if home is None or repository_of(library.root) != home:
            made.notes.append(f"  下面的话术库是 {named}：它要在同一个仓库里，自动检查才找得到")
    return made


def _layer(level: str, name: str, below: str | None) -> str:
    extends = _EXTENDS.format(below=scalar(below)) if below is not None else ""
    off = _OFF if level == LEVELS[0] else ""
    return _LAYER.format(reference=reference(LAYER), level=level, name=scalar(name), extends=extends, off=off)


def _library(below: str | None, *, personal: bool) -> Library:
    """Return the library that the layer is to stand on."""
    try:
        if personal:
            root, _ = locate(os.environ.get("CSBOT_LIBRARY") or str(built_in()), {}, Path.cwd())
        else:
            root = built_in() if below in (None, BUILT_IN) else locate(below, {}, Path.cwd())[0]
        return load_fresh(root)
    except LibraryError as error:
        raise FreshError(f"下面的话术库用不了：{error.problems[0]}") from None


def _named(below: str | None, target: Path) -> str:
    """Return what layer.yaml says of the library below: a folder as it is seen from the layer."""
    if below in (None, BUILT_IN):
        return BUILT_IN
    assert below is not None
    try:
        return os.path.relpath(Path(below).resolve(), target.resolve()).replace(os.sep, "/")
    except ValueError:  # another drive of Windows
        return str(Path(below).resolve())


def _called(below: str | None, library: Library, *, personal: bool) -> str:
    if personal:
        return "正在用的话术库"
    return "内置话术库" if below in (None, BUILT_IN) else f"话术库「{library.root.resolve().name}」"


def _contents(level: str, name: str, library: Library, profiles: Sequence[str]) -> dict[str, str]:
    """Return the files of a layer besides layer.yaml that change something, or test it."""
    files: dict[str, str] = {}
    if level == LEVELS[0] and COMPANY in library.slots:
        slot = flow({"name": COMPANY, "change": "add", "default": name})
        path = "phrasebook/slots.yaml"
        files[path] = _SLOTS.format(reference=reference(path), slot=slot)
    if profiles:
        path = "phrasebook/settings.yaml"
        files[path] = f"{reference(path)}\n{block({'profiles': list(profiles)}, 0)}\n"
    path = "scripts_library/conversations/开场.yaml"
    if set(SITUATIONS) <= set(library.intents) and library.root.resolve() == built_in().resolve():
        return files | {path: CONVERSATION}
    elements = [each for each in library.scripts[FALLBACK].elements if "|" not in each]
    data: dict[str, Value] = {"name": "没有听懂", "steps": [{"use": FALLBACK, "expect": {"elements": elements}}]}
    return files | {path: f"{reference(path)}\n{block(data, 0)}\n"}
