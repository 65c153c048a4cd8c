"""One list of findings with everything that has ever broken a report, and what each format makes of it.

``python -m tests.report_goldens`` writes the files of tests/goldens/report anew; look at the difference before you
commit it.
"""

from __future__ import annotations

from pathlib import Path

from csbot.report.finding import IN_BASELINE, Finding
from csbot.report.identity import identified
from csbot.report.reporters import REPORTERS
from csbot.report.run import RuleText, Run

FOLDER = Path(__file__).resolve().parent / "goldens" / "report"
ENDINGS = {
    "text": "txt",
    "line": "txt",
    "json": "json",
    "jsonl": "jsonl",
    "sarif": "sarif",
    "junit": "xml",
    "github": "txt",
    "gitlab": "json",
    "rdjsonl": "jsonl",
    "checkstyle": "xml",
}


def finding(path: str, line: int, snippet: str, found: str, **fields: object) -> Finding:
    """Return a finding of ``found`` in ``snippet``; ``found`` may go on where the snippet ends."""
    column = snippet.index(found.split("\n")[0]) + 1
    lines = found.split("\n")
    end_column = column + len(found) if len(lines) == 1 else len(lines[-1]) + 1
    values: dict[str, object] = {
        "path": path,
        "line": line,
        "column": column,
        "end_line": line + len(lines) - 1,
        "end_column": end_column,
        "code": "ten_donts.dont_know",
        "severity": "error",
        "message": "「不知道」是服务忌语",
        "snippet": snippet,
        "found": found,
        "category": "ten_donts",
        "banned": "不知道",
        "instead": "我帮您查一下，马上回复您。",
        "reason": "推脱。",
        "source": "002 十不准 第1条",
    }
    return Finding(**{**values, **fields})  # type: ignore[arg-type]


NO_WAY = {"code": "ten_donts.no_way", "message": "「不行」是服务忌语", "banned": "不行"}
CERTAIN = {
    "code": "promise.certain",
    "message": "「100% <保证>」是服务忌语",
    "banned": "100% <保证>",
    "severity": "warning",
    "category": "promise",
    "instead": "我们会尽力：a,b;c & 100%\r。",
}

FINDINGS = identified(
    [
        finding("话术 库/退款 说明.txt", 2, "😀这个我不知道。", "不知道"),
        finding("./相对.md", 10, "  您好，不\r", "不\r\n行", **NO_WAY, ways=("夹入符号或空格",)),
        finding("跨行.md", 1, "不", "不\n知\n\t道", ways=("夹入符号或空格", "全角、大小写或繁体写法")),
        finding("a&b<c>\"d'.txt", 3, '\x1b[31m<b>不行</b> & "没办法"\x07\x9b]]>\u202e\ufffe', "不行", **NO_WAY),
        finding("制表\t符.txt", 4, "\t\t这个100% <保证>", "100% <保证>", **CERTAIN),
        finding("引文.txt", 5, "客户说“不知道”", "不知道", suppression="客户的原话 <b>&\x07"),
        finding("旧.txt", 5, "我不知道", "不知道", suppression=IN_BASELINE),
        finding("::error file=x,line=1::y.txt", 1, "::stop-commands::x 不知道 ##[add-mask]100%", "不知道"),
        finding("坏\n名.txt", 6, "\ud800不知道\udcff\u2028。", "不知道"),
        finding("/仓库/里面.txt", 7, "不知道", "不知道", fingerprint="0123456789abcdef"),
        finding("/var/日志/外面.txt", 8, "不知道", "不知道", fingerprint="0123456789abcdef"),
        finding("C:/客服/话术.txt", 9, "不知道", "不知道"),
        finding("表.csv", 12, "我不知道", "不知道", field="回复"),
        finding("重复.txt", 20, "我不知道，他也不知道", "不知道"),
        finding("重复.txt", 25, "我不知道，他也不知道", "不知道"),
        finding("<stdin>", 1, "字" * 120 + "不知道" + "字" * 120, "不知道"),
        Finding(
            "scripts_library/一.yaml",
            30,
            15,
            30,
            15,
            "reply.forbidden",
            "error",
            "回复里含有禁用表达",
            snippet='      - text: "我不知道"',
            category="reply",
        ),
        Finding("空.yaml", 1, 1, 1, 1, "yaml.empty", "error", "文件是空的", category="yaml"),
    ]
)
RUN = Run(
    "check",
    "1.2.3",
    {
        "ten_donts.dont_know": RuleText(
            "ten_donts.dont_know",
            "「不知道」是服务忌语",
            "error",
            "原因：推脱。\n改说：我帮您查一下，马上回复您。\n出处：002 十不准 第1条",
            "ten_donts",
            "十不准",
        ),
        "ten_donts.no_way": RuleText("ten_donts.no_way", "「不行」是服务忌语", category="ten_donts"),
        "promise.certain": RuleText("promise.certain", "「100% <保证>」是服务忌语", "warning", "不留余地。"),
        "yaml.empty": RuleText("yaml.empty", "文件里没有内容", help="文件里没有内容。", category="yaml"),
    },
    files=("干净.txt", *dict.fromkeys(each.path for each in FINDINGS), "没有 权限.txt"),
    unread=tuple(
        identified([Finding("没有 权限.txt", 1, 1, 1, 1, "file.unreadable", "error", "文件读不了：没有权限：100%")])
    ),
    root="/仓库",
)


def golden(name: str) -> Path:
    """Return the file that holds what a format makes of the findings."""
    return FOLDER / f"{name}.{ENDINGS[name]}"


def main() -> None:
    """Write what every format makes of the findings now."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, report in REPORTERS.items():
        golden(name).write_bytes(report(FINDINGS, RUN).encode("utf-8", "backslashreplace"))


if __name__ == "__main__":
    main()
