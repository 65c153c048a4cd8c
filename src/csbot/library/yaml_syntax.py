"""Which mistake is behind what the parser of YAML said, or behind a text that runs over several lines.

What shows in one line is looked for first (``yaml_faults``), then how the lines stand below each other; the parser's
own words are the last resort.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from csbot.library.problems import Problem
from csbot.library.yaml_faults import ESCAPE, TAB, TAG, first_of, problem_in_lines, unclosed_fault

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
    ("unknown escape character", ESCAPE),
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
        if (fault := unclosed_fault(lines[number - 1])) is not None:
            return Problem(path, number, fault.column, fault.code, fault.message, mend=fault.mend)
    here = lines[line - 1] if 1 <= line <= len(lines) else ""
    if here[column - 1 : column] == "\t":
        return Problem(path, line, column, "yaml.tab", TAB)
    if (problem := _missing_dash(lines, path, line)) is not None:
        return problem
    if any(part in said for part in _OF_INDENT) and (message := _misaligned(lines, line)):
        return Problem(path, line, first_of(here) + 1, "yaml.syntax", message)
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
            return Problem(path, number, first_of(line) + 1, "yaml.syntax", message)
    if first_of(lines[first - 1]) + 1 == column:
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
    start = first_of(here)
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
    if re.fullmatch(r"\s*[a-z_]+\s*", here):
        message = f"「{here.strip()}」像是没有写完的键：后面要有英文冒号、空格和值，写成「键: 值」；不要了就删掉"
        return Problem(path, number, start + 1, "yaml.syntax", message)
    if re.search(r": +[|>][-+0-9]*\s*$", above):
        message = "上一行末尾的 | 或 > 表示文字从下一行写起，要比上一行多缩进：一句话请直接写在冒号后面，不用 | 和 >"
        return Problem(path, number, start + 1, "yaml.syntax", message)
    message = "列表的每一项以「- 」开头，这一行没有"
    return Problem(path, number, start + 1, "yaml.syntax", message, mend=f"{item[1]}- {here.strip()}")


def _misaligned(lines: Sequence[str], number: int, *, items: bool = False) -> str:
    """Return in Chinese how a line is indented otherwise than all above it that it could belong to; else ''.

    With ``items`` only the dashes of lists count, not the keys behind them.
    """
    here = first_of(lines[number - 1]) if 1 <= number <= len(lines) and lines[number - 1].strip() else 0
    levels: list[int] = []
    for line in reversed(lines[: number - 1]):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        starts = [first_of(line)]
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
