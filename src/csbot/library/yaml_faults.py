"""What people get wrong in a line of YAML, and how the line was meant.

A YAML parser says where it gave up and in which of its states. What the writer did wrong mostly shows in the
line itself, so the lines around that place are looked at first, and the parser's words are the last resort.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from csbot.library.problems import Problem

TAB = "缩进里有制表符（Tab），YAML 只能用空格缩进，请改成空格"
TAG = "开头的英文感叹号 ! 在 YAML 里有特殊含义，请给这句话加英文双引号"
COLON = "键后面要用英文冒号，再空一格，写成「键: 值」"
_LEAD = r"^(?P<lead>\s*(?:- +)*)"
_VALUE = re.compile(rf"{_LEAD}(?:(?P<key>[\w.]+) *: +)?(?P<value>\S.*?)\s*$")
_DOUBLE_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SINGLE_QUOTED = re.compile(r"'(?:[^']|'')*'")


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


def _indent(line: str) -> Fault | None:
    if (found := re.match(r"^[ ]*\t", line)) is not None:
        return Fault(found.end(), TAB, code="yaml.tab")
    if (found := re.match(r"^[ ]*(?P<wide>[\u3000\xa0\u2000-\u200b\ufeff])\s*(?:- |[\w.]+ *[:：])", line)) is not None:
        message = "缩进里有全角空格或看不见的字符，YAML 只能用英文空格缩进"
        return Fault(found.start("wide") + 1, message, code="yaml.space")
    if re.match(r"^(<{7}|={7}|>{7})( |$)", line):
        return Fault(1, "这里有没有解决的合并冲突：请留下要的内容，删掉 <<<<<<<、=======、>>>>>>> 这三种行")
    return None


_WIDE_SPACES = "\u3000\xa0\u200b\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))


def _first(line: str) -> int:
    """Return where the text of a line begins, whatever its indent is made of."""
    return len(line) - len(line.lstrip(" \t" + _WIDE_SPACES))


def _colon(line: str) -> Fault | None:
    """「id：x」 and 「id:x」 where 「id: x」 was meant; what follows is then read as something else."""
    found = re.match(rf"{_LEAD}[\"']?[A-Za-z_]+[\"']? *(?P<colon>：|:(?=[^\s/]))", line)
    if found is None:
        return None
    rest = line[found.end() :].lstrip()
    return Fault(found.start("colon") + 1, COLON, f"{line[: found.start('colon')].rstrip()}: {rest}".rstrip())


def _dash(line: str) -> Fault | None:
    if (found := re.match(r"^(?P<lead>\s*)(?P<dash>-)(?=[^\s-])(?P<rest>.*)$", line)) is not None:
        message = "列表符号「-」后面要空一格，写成「- 」"
    elif (found := re.match(r"^(?P<lead>\s*)(?P<dash>[－—–‐−•·●])\s*(?P<rest>.*)$", line)) is not None:
        message = f"列表的每一项以英文减号加一个空格「- 」开头，不用「{found['dash']}」"
    elif (found := re.match(r"^(?P<lead>\s*)(?P<dash>\*)\s+(?P<rest>.*)$", line)) is not None:
        message = "列表的每一项以英文减号加一个空格「- 」开头，不用「*」"
    else:
        return None
    return Fault(found.start("dash") + 1, message, f"{found['lead']}- {found['rest']}")


def _comment(line: str) -> Fault | None:
    if (found := re.match(r"^(?P<lead>\s*)(?P<mark>//+|<!--)\s*(?P<rest>.*?)\s*(?:-->)?$", line)) is None:
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
    if mark == '"' and (found := re.search(_BAD_ESCAPE, value)) is not None:
        column = start + found.start(1) + 1
        return Fault(column, _ESCAPE, head + re.sub(_BAD_ESCAPE, r"\1\\", value))
    if closed is None:
        if re.search(r"[”’]$", value):
            return Fault(start + len(value), "结尾的引号是中文引号，请改成英文双引号", head + value[:-1] + mark)
        return Fault(start + 1, "引号没有成对，请补上结尾的引号", f"{head}{value}{mark}")
    rest = value[closed.end() :]
    if not rest.strip() or re.match(r"\s+#|\s*[:,\]}]", rest):
        if (comma := re.match(r"\s*,\s*$", rest)) is None or "[" in head or "{" in head:
            return None
        return Fault(start + closed.end() + comma.group().index(",") + 1, _AFTER, head + closed.group())
    column = start + closed.end() + len(rest) - len(rest.lstrip()) + 1
    if not re.search(r"[\w\"“]", rest):
        return Fault(column, _AFTER, head + closed.group())
    if '"' in rest and mark == '"':
        inner = value[1:-1] if value.endswith('"') else value[1:]
        pairs = iter("“”" * len(inner))
        mended = re.sub('"', lambda _: next(pairs), inner)
        message = "文字里面又用了英文双引号，引号在前面就结束了：里面的请改成中文引号“”"
        return Fault(start + closed.end(), message, f'{head}"{mended}"')
    message = "引号后面还有文字：请把整句话都放进引号里"
    return Fault(column, message, head + quoted(closed.group()[1:-1] + rest))


# A backslash that begins no escape of YAML, after any number of those that do.
_BAD_ESCAPE = r'(?<!\\)(?:\\\\)*(\\)(?![0abtnvfre "/\\N_LPxuU\t])'
_ESCAPE = "英文双引号里的反斜杠 \\ 有特殊含义，请写成 \\\\ 或改用单引号"
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
    elif value[0] in "@`%&*!" or re.match(r"[|>](?![-+0-9]*\s*(?:#|$))", value):
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
    bare = re.sub(r" #.*", "", re.sub(_SINGLE_QUOTED, "", re.sub(_DOUBLE_QUOTED, "", value)))
    close, what = ("]", "方括号") if value[0] == "[" else ("}", "花括号")
    if bare.count(value[0]) <= bare.count(close):
        return None
    message = f"{what}没有写完：各项用英文逗号隔开，最后补上 {close}；普通文字里的 {value[0]} 请加引号"
    return Fault(found.start("value") + 1, message, "" if " #" in value else line.rstrip().rstrip(",") + close)


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
_SYNTAX = (
    ("mapping values are not allowed", "这里的冒号被当成了键：整句话请加英文双引号；若本来是键，请检查缩进"),
    ("could not find expected ':'", "这里缺一个英文冒号和空格（写成「键: 值」，不要用全角冒号）"),
    ("expected <block end>", "缩进或引号不对：请与上下同级的行对齐，引号要成对"),
    ("did not find expected key", "缩进或引号不对：请与上下同级的行对齐，引号要成对"),
    ("did not find expected '-' indicator", "列表的这一行缺少「- 」或缩进不齐"),
    ("did not find expected ',' or ']'", "方括号列表没有写完：各项用英文逗号隔开，最后补上 ]"),
    ("did not find expected ',' or '}'", "花括号没有写完：各项用英文逗号隔开，最后补上 }；普通文字里的 { 请加引号"),
    ("found unexpected end of stream", "引号没有成对，请补上结尾的引号"),
    ("found character that cannot start any token", "这个字符不能放在开头（如 @ ` %），请给这句话加英文双引号"),
    ("did not find expected comment or line break", "| 和 > 放在开头有特殊含义，请给这句话加英文双引号"),
    ("block sequence entries are not allowed", "这里不能以「- 」开头：列表要另起一行；普通文字请加英文双引号"),
    ("undefined alias", "星号 * 在 YAML 里有特殊含义，请给这句话加英文双引号"),
    ("alphabetic or numeric character", "& 和 * 在 YAML 里有特殊含义，请给这句话加英文双引号"),
    ("expected a single document", "一个文件里只能有一份内容，请去掉多余的 --- 行"),
    ("did not find expected <document start>", "缩进不齐，请与最前面的行对齐；也不能有多余的 --- 或 ... 行"),
    ("while scanning a tag", TAG),
    ("unknown escape character", _ESCAPE),
)
_OF_INDENT = ("expected <block end>", "did not find expected key", "expected '-'", "mapping values", "<document start>")


def parser_problem(lines: Sequence[str], path: str, said: str, place: tuple[int, int], began: int) -> Problem:
    """Return the problem behind what a parser said.

    ``place`` is the line and column where it gave up, ``began`` the line where what it was reading began.
    """
    line, column = place
    if (found := problem_in_lines(lines, path, (line, line - 1, began))) is not None:
        return found
    for number in range(min(line, len(lines)), 0, -1):
        # An unclosed quote ends at the next quote, however far that is.
        if (fault := _quotes(lines[number - 1]) or _bracket(lines[number - 1])) is not None:
            return Problem(path, number, fault.column, fault.code, fault.message, mend=fault.mend)
    here = lines[line - 1] if 1 <= line <= len(lines) else ""
    if here[column - 1 : column] == "\t":
        return Problem(path, line, column, "yaml.tab", TAB)
    if (problem := _missing_dash(lines, path, line)) is not None:
        return problem
    if any(part in said for part in _OF_INDENT) and (message := _misaligned(lines, line)):
        return Problem(path, line, _first(here) + 1, "yaml.syntax", message)
    general = "YAML 写法有误，请检查这一处的缩进、冒号和引号"
    message = next((meaning for part, meaning in _SYNTAX if part in said), general)
    return Problem(path, line, column, "yaml.syntax", message)


def lines_problem(lines: Sequence[str], path: str, first: int, last: int, column: int) -> Problem:
    """Return why a text without quotes goes on from line ``first`` to ``last``, which no text of a library does."""
    if (found := problem_in_lines(lines, path, range(first, last + 2))) is not None:
        return found
    for number in range(first + 1, min(last + 1, len(lines)) + 1):
        line = lines[number - 1]
        if not re.match(r"\s*(?:- |[A-Za-z_]+ *:(?:\s|$))", line):
            continue
        if message := _misaligned(lines, number, items=line.lstrip().startswith("- ")):
            return Problem(path, number, _first(line) + 1, "yaml.syntax", message)
    if _first(lines[first - 1]) + 1 == column:
        message = "这里有几行文字：是列表的话，每一行以「- 」开头；是一句话的话，请写在一行里"
    elif (problem := _missing_dash(lines, path, first + 1)) is not None:
        return problem
    else:
        message = "这段文字写到了下一行：请写在一行里；是列表的话，每一项另起一行，以「- 」开头"
    return Problem(path, first, column, "yaml.syntax", message)


def _missing_dash(lines: Sequence[str], path: str, number: int) -> Problem | None:
    """Return a problem where a line of plain text stands right below an item of a list, in line with it."""
    if not 2 <= number <= len(lines):
        return None
    here, above = lines[number - 1], lines[number - 2]
    start = _first(here)
    item = re.match(r"(\s*)- ", above)
    if item is None or here[start:].startswith(("- ", "#")) or not here.strip():
        return None
    if start not in (item.end(1), item.end()) or re.match(r"\s*[\w.]+ *:(?:\s|$)", here):
        return None
    key = re.match(r"(?P<key>\s*[a-z_]+)(?P<sign> *[=＝] *| +)(?P<value>\S.*)", here)
    if key is not None and start == item.end() and re.match(r"\s*- [a-z_]+ *:", above):
        message = f"键「{key['key'].strip()}」后面要用英文冒号，再空一格，写成「键: 值」"
        return Problem(
            path, number, key.end("key") + 1, "yaml.syntax", message, mend=f"{key['key']}: {key['value'].rstrip()}"
        )
    message = "列表的每一项以「- 」开头，这一行没有"
    return Problem(path, number, start + 1, "yaml.syntax", message, mend=f"{item[1]}- {here.strip()}")


def _misaligned(lines: Sequence[str], number: int, *, items: bool = False) -> str:
    """Return in Chinese how a line is indented otherwise than all above it that it could belong to; else ''.

    With ``items`` only the dashes of lists count, not the keys behind them.
    """
    here = _first(lines[number - 1]) if 1 <= number <= len(lines) and lines[number - 1].strip() else 0
    levels: list[int] = []
    for line in reversed(lines[: number - 1]):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        starts = [_first(line)]
        if not items and (dashes := re.match(r"\s*((?:- +)+)", line)) is not None:
            starts.append(dashes.end())
        for start in reversed(starts):
            if not levels or start < levels[-1]:
                levels.append(start)
        if levels[-1] == 0:
            break
    if not levels or here in levels:
        return ""
    nearest = min(abs(level - here) for level in levels)
    wanted = " 或 ".join(str(level) for level in sorted(levels) if abs(level - here) == nearest)
    return f"缩进不齐：这一行前面有 {here} 个空格，与它同级的行是 {wanted} 个，请对齐"
