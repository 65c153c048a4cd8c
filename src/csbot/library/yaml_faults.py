"""What people get wrong in a line of YAML, and how the line was meant.

A YAML parser says where it gave up and in which of its states. What the writer did wrong mostly shows in the
line itself, so the lines around that place are looked at first, and the parser's words are the last resort.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from csbot.library.problems import Problem
from csbot.text.regex import regex

TAB = "缩进里有制表符（Tab），YAML 只能用空格缩进，请改成空格"
TAG = "开头的英文感叹号 ! 在 YAML 里有特殊含义，请给这句话加英文双引号"
UNCLOSED = "引号没有成对，请补上结尾的引号"
COLON = "键后面要用英文冒号，再空一格，写成「键: 值」"
_WIDE_SPACES = "\u3000\xa0\u200b\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
_LEAD = r"^(?P<lead>\s*(?:- +)*)"
_VALUE = regex(rf"{_LEAD}(?:(?P<key>[\w.]+|\"[\w.]+\") *: +)?(?P<value>\S.*?)\s*$")
_DOUBLE_QUOTED = regex(r'"(?:[^"\\]|\\.)*"')
_SINGLE_QUOTED = regex(r"'(?:[^']|'')*'")


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake in one line: the column from 1, what is wrong, and the line as it was most likely meant."""

    column: int
    message: str
    mend: str = ""
    code: str = "yaml.syntax"


def quoted(text: str) -> str:
    """Return a text as a double-quoted scalar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_OUT_OF_PLACE = frozenset("\t<=>")  # where a line begins


def _indent(line: str) -> Fault | None:
    first = line.lstrip(" ")[:1]
    if first.isascii() and first not in _OUT_OF_PLACE:
        return None
    if (found := re.match(r"^[ ]*\t", line)) is not None:
        return Fault(found.end(), TAB, code="yaml.tab")
    if (found := re.match(r"^[ ]*(?P<wide>[\u3000\xa0\u2000-\u200b\ufeff])\s*(?:- |[\w.]+ *[:：])", line)) is not None:
        message = "缩进里有全角空格或看不见的字符，YAML 只能用英文空格缩进"
        return Fault(found.start("wide") + 1, message, code="yaml.space")
    if re.match(r"^(<{7}|={7}|>{7})( |$)", line):
        return Fault(1, "这里有没有解决的合并冲突：请留下要的内容，删掉 <<<<<<<、=======、>>>>>>> 这三种行")
    return None


def first_of(line: str) -> int:
    """Return where the text of a line begins, whatever its indent is made of."""
    return len(line) - len(line.lstrip(" \t" + _WIDE_SPACES))


def _colon(line: str) -> Fault | None:
    """「id：x」 and 「id:x」 where 「id: x」 was meant; what follows is then read as something else."""
    found = re.match(rf"{_LEAD}[A-Za-z_]+ *: *(?P<wide>[{_WIDE_SPACES}])\s*", line)
    if found is not None and line[found.end() :]:
        message = "冒号后面是全角空格或看不见的字符，要用英文空格"
        mend = f"{line[: found.start('wide')].rstrip()} {line[found.end() :]}"
        return Fault(found.start("wide") + 1, message, mend, "yaml.space")
    found = re.match(rf"{_LEAD}[\"']?[A-Za-z_]+[\"']? *(?P<colon>：|:(?=[^\s/]))", line)
    if found is None:
        return None
    rest = line[found.end() :].lstrip()
    return Fault(found.start("colon") + 1, COLON, f"{line[: found.start('colon')].rstrip()}: {rest}".rstrip())


# What word processors, notes and chats begin the items of a list with; two dashes are as wrong as a long one.
_BULLET = r"[－—–‐−]+|[•·●○◦◆◇■□▪►▶→➤★☆※✅☑✔✓👉]\ufe0f?|--+(?= *[^\s-])"


def _dash(line: str) -> Fault | None:
    if (found := re.match(rf"^(?P<lead>[ ]*)-(?P<dash>[\t{_WIDE_SPACES}])\s*(?P<rest>.*)$", line)) is not None:
        what = "制表符（Tab）" if found["dash"] == "\t" else "全角空格或看不见的字符"
        message, code = (
            f"列表符号「-」后面是{what}，要用一个英文空格",
            "yaml.tab" if found["dash"] == "\t" else "yaml.space",
        )
        return Fault(found.start("dash") + 1, message, f"{found['lead']}- {found['rest']}", code)
    if (found := re.match(r"^(?P<lead>\s*)(?P<dash>-)(?=[^\s-])(?P<rest>.*)$", line)) is not None:
        message = "列表符号「-」后面要空一格，写成「- 」"
    elif (found := re.match(rf"^(?P<lead>\s*)(?P<dash>{_BULLET})\s*(?P<rest>.*)$", line)) is not None:
        message = f"列表的每一项以英文减号加一个空格「- 」开头，不用「{found['dash']}」"
    elif (found := re.match(r"^(?P<lead>\s*)(?P<dash>\*)\s+(?P<rest>.*)$", line)) is not None:
        message = "列表的每一项以英文减号加一个空格「- 」开头，不用「*」"
    else:
        return None
    return Fault(found.start("dash") + 1, message, f"{found['lead']}- {found['rest']}")


def _comment(line: str) -> Fault | None:
    if (found := re.match(r"^\s*(?P<mark>```+|~~~+)\w*\s*$", line)) is not None:
        return Fault(found.start("mark") + 1, f"「{found['mark']}」是 Markdown 的写法，YAML 里没有，请删掉这一行")
    if (found := re.match(r"^(?P<lead>\s*)(?P<mark>//+|<!--|＃)\s*(?P<rest>.*?)\s*(?:-->)?$", line)) is None:
        return None
    message = f"注释以「#」开头，不用「{found['mark']}」"
    return Fault(found.start("mark") + 1, message, f"{found['lead']}# {found['rest']}".rstrip())


def _pasted(line: str) -> Fault | None:
    """A row of a table among the lines: its cells have tabs between them."""
    found = re.match(r"^\s*(?!-\s)[^\s#\"':：][^:：\t]*(?P<tab>\t+)\s*\S", line)
    if found is None:
        return None
    message = "这一行中间有制表符（Tab），像是从表格里粘贴来的一行：表格请用 csbot import 导入"
    return Fault(found.start("tab") + 1, message, code="yaml.tab")


def _wide_quotes(line: str) -> Fault | None:
    found = re.search(r"(?:(?:: +|- +|\[ *|, *)(?P<open>[“”‘’])|\[ *(?P<comma>\"[^\"]*\" *[，、]))", line)
    if found is None:
        return None
    if found["comma"]:
        column = found.end("comma")
        return Fault(column, "方括号里的各项用英文逗号隔开", re.sub(r'" *[，、] *(?=")', '", ', line))
    mend = re.sub(r"(?<=[:\-\[,] )[“”‘’]|(?<=\[)[“”‘’]|[“”‘’](?=\s*(?:[,\]]|$))", '"', line)
    message = "值两边的引号要用英文双引号，这里是中文引号"
    return Fault(found.start("open") + 1, message, mend)


def _quotes(line: str) -> Fault | None:
    """An opening quote that is not closed in its line, or text after the closing one."""
    found = _VALUE.match(line)
    if found is None or found["value"][0] not in "\"'":
        return None
    value, start = found["value"], found.start("value")
    mark = value[0]
    closed = (_DOUBLE_QUOTED if mark == '"' else _SINGLE_QUOTED).match(value)
    head = line[:start]
    if mark == '"' and (found := re.search(_BADESCAPE, value)) is not None:
        column = start + found.start(1) + 1
        return Fault(column, ESCAPE, head + re.sub(_BADESCAPE, r"\1\\", value))
    if closed is None:
        if re.search(r"[”’]$", value):
            return Fault(start + len(value), "结尾的引号是中文引号，请改成英文双引号", head + value[:-1] + mark)
        return Fault(start + 1, UNCLOSED, f"{head}{value}{mark}")
    rest = value[closed.end() :]
    if not rest.strip() or re.match(r"\s+#|\s*[:,\]}]", rest):
        if (comma := re.match(r"\s*,\s*$", rest)) is None or "[" in head or "{" in head:
            return None
        return Fault(start + closed.end() + comma.group().index(",") + 1, _AFTER, head + closed.group())
    column = start + closed.end() + len(rest) - len(rest.lstrip()) + 1
    if not re.search(r"[\w\"“]", rest):
        return Fault(column, _AFTER, head + closed.group())
    if (second := re.fullmatch(r"\s+\"(?P<text>[^\"]*)\"\s*", rest)) is not None and mark == '"':
        message = "这里有两段带引号的文字：请放进同一对引号里，或者另起一项"
        return Fault(column, message, head + closed.group()[:-1] + second["text"] + '"')
    if '"' in rest and mark == '"':
        inner = value[1:-1] if value.endswith('"') else value[1:]
        pairs = iter("“”" * len(inner))
        mended = re.sub('"', lambda _: next(pairs), inner)
        message = "文字里面又用了英文双引号，引号在前面就结束了：里面的请改成中文引号“”"
        return Fault(start + closed.end(), message, f'{head}"{mended}"')
    message = "引号后面还有文字：请把整句话都放进引号里"
    return Fault(column, message, head + quoted(closed.group()[1:-1] + rest))


# A backslash that begins no escape of YAML, after any number of those that do.
_BADESCAPE = r'(?<!\\)(?:\\\\)*(\\)(?![0abtnvfre "/\\N_LPxuU\t])'
ESCAPE = "英文双引号里的反斜杠 \\ 有特殊含义，请写成 \\\\ 或改用单引号"
_AFTER = "引号后面多了标点，请删掉"


def _start(line: str) -> Fault | None:
    """A text that begins with what YAML takes for something else."""
    found = _VALUE.match(line)
    if found is None:
        return None
    value, column = found["value"], found.start("value") + 1
    if value[0] in "{[" and re.match(r"\{[^{}]*\}\s*[^\s,#\]}]|\[[^\[\]]*\]\s*[^\s,#\]}:]", value):
        what = "以 { 开头的文字（如变量）" if value[0] == "{" else "以 [ 开头的文字"
        message = f'{what}要加英文双引号，如 "{{问候}}，您好"' if value[0] == "{" else f"{what}要加英文双引号"
    elif value[0] in "@`%&*!" or value.startswith("? ") or re.match(r"[|>](?![-+0-9]*\s*(?:#|$))", value):
        message = f"「{value[0]}」放在开头有特殊含义，请给整句话加英文双引号"
    else:
        return None
    return Fault(column, message, line[: column - 1] + quoted(value))


def _inner_colon(line: str) -> Fault | None:
    found = re.match(rf"{_LEAD}[\w.]+ *: +(?P<value>[^\s\"'\[{{|>].*?)\s*$", line)
    if found is None or (colon := re.search(r":(?=\s|$)", found["value"])) is None:
        return None
    column = found.start("value") + colon.start() + 1
    message = "文字里有英文冒号，后面的被当成了另一个键：请给整句话加英文双引号"
    return Fault(column, message, line[: found.start("value")] + quoted(found["value"]))


def _comma(line: str) -> Fault | None:
    found = re.search(r"[{,][^{}\"]*?(?P<comma> *[，、；;] *)[A-Za-z_]+ *:", line)
    if found is None or "{" not in line[: found.start("comma")]:
        return None
    mend = f"{line[: found.start('comma')]}, {line[found.end('comma') :]}"
    return Fault(found.end("comma") - len(found["comma"].lstrip()) + 1, "花括号里的各项用英文逗号隔开", mend)


def _bracket(line: str) -> Fault | None:
    """A list in brackets, or a group in braces, that is not finished in its line."""
    found = _VALUE.match(line)
    if found is None or found["value"][0] not in "[{":
        return None
    value = found["value"]
    bare = re.sub(r" #.*", "", _SINGLE_QUOTED.sub("", _DOUBLE_QUOTED.sub("", value)))
    close, what = ("]", "方括号") if value[0] == "[" else ("}", "花括号")
    if bare.count(value[0]) <= bare.count(close):
        if (double := re.search(r",\s*,", bare)) is not None and bare == value:
            column = found.start("value") + double.end()
            return Fault(column, "多了一个逗号，请删掉", line[: column - 1].rstrip() + line[column:])
        if (comma := re.search(rf"\{close}(\s*,)\s*$", value)) is not None:
            return _with_comma(line, found, comma)
        return None
    message = f"{what}没有写完：各项用英文逗号隔开，最后补上 {close}；普通文字里的 {value[0]} 请加引号"
    return Fault(found.start("value") + 1, message, "" if " #" in value else line.rstrip().rstrip(",") + close)


def _with_comma(line: str, found: re.Match[str], comma: re.Match[str]) -> Fault:
    """Return that a comma stands behind a list or a group, as in JSON; there an item of a list has no dash either."""
    start = found.start("value")
    mend = line[: start + comma.start(1)]
    message = "行末的逗号是 JSON 的写法，请删掉"
    if found["key"] is None and not found["lead"].strip():
        return Fault(start + 1, f"{message}；列表的每一项以「- 」开头", f"{found['lead']}- {mend.lstrip()}")
    return Fault(start + comma.end(1), message, mend)


_CHECKS: Sequence[Callable[[str], Fault | None]] = (
    _indent,
    _comment,
    _pasted,
    _colon,
    _dash,
    _wide_quotes,
    _quotes,
    _start,
    _comma,
    _inner_colon,
    _bracket,
)


def line_fault(line: str) -> Fault | None:
    """Return the first mistake that shows in a line, None where there is none to be seen."""
    if line.lstrip().startswith("#"):
        return None
    return next((fault for check in _CHECKS if (fault := check(line)) is not None), None)


def unclosed_fault(line: str) -> Fault | None:
    """Return what is wrong with the quotation marks or brackets of a line, None where nothing is."""
    return _quotes(line) or _bracket(line)


def problem_in_lines(lines: Sequence[str], path: str, numbers: Iterable[int]) -> Problem | None:
    """Return the first mistake that shows in the lines of these numbers (from 1), in the order given."""
    for number in numbers:
        if 1 <= number <= len(lines) and (fault := line_fault(lines[number - 1])) is not None:
            return Problem(path, number, fault.column, fault.code, fault.message, mend=fault.mend)
    return None


def first_indent_problem(lines: Sequence[str], path: str) -> Problem | None:
    """Return the first line whose indent is not made of spaces, or that a merge has left.

    A reader may take such lines for text.
    """
    for number, line in enumerate(lines, start=1):
        if line[:1] in _INDENTS and (fault := _indent(line)) is not None:
            return Problem(path, number, fault.column, fault.code, fault.message, mend=fault.mend)
    return None


_INDENTS = {*" \t<=>", *_WIDE_SPACES}
