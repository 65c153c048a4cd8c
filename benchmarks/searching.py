"""What a search costs with each letter that is typed, among 5,000 situations, beside other ways to search them.

The situations are those of the library, once for each of some made-up products, which are in their names, in every
second of their keywords and in their further replies. So what is typed is what agents really look for, and fits many
situations, which is the hardest case.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from pathlib import Path

from benchmarks.tables import percentile, print_note, print_table
from csbot.library.load import load_library
from csbot.searching.entries import Entry, entries_of
from csbot.searching.index import SearchIndex
from csbot.text.pinyin import readings

SITUATIONS = 5000
REPLIES = (3, 7)  # a situation
ROUNDS = 5
SHOWN = 9

_SERIES = ("晨星", "远山", "青禾", "白鹭", "松涛", "海棠", "云帆", "秋水")
_THINGS = ("净水器", "扫地机", "空气炸锅", "洗碗机", "热水器", "抽油烟机", "电饭煲", "加湿器")
# What agents type, each of it one character after the other: a search is made at every one of them.
TYPED = {
    "initials": ("hdfk", "tkjd", "wlcx", "fpzk", "tspl", "yhk", "zffs", "wyf", "mmwj", "hyqy", "qxdd", "shdz"),
    "syllables": (
        "fapiao",
        "tuikuan",
        "huodaofukuan",
        "kuaidi",
        "wuliu",
        "tousu",
        "jieshuyu",
        "mima",
        "weixiu",
        "zhifu",
    ),
    "characters": (
        "货到付款",
        "发票重开",
        "退款进度",
        "快递到哪了",
        "物业费",
        "换货运费谁出",
        "银行卡",
        "密码忘了",
        "催投诉",
        "结束语",
        "预约安装",
        "开户行",
    ),
    "two words": (
        "退款 运费",
        "发票 税号",
        "tuikuan jindu",
        "kuaidi 延误",
        "净水器 发票",
        "扫地机 tk",
        "订单 改地址",
        "24小时 登记",
    ),
    "ids and numbers": ("payment.invoice", "order.where_is_it", "136", "2048#2", "refund"),
}


def run(library: Path, _data: Path | None, _repeat: int) -> None:
    """Measure and print what each key of a search takes."""
    typed = {kind: prefixes(words) for kind, words in TYPED.items()}
    everything = [each for kind in typed.values() for each in kind]
    own = list(entries_of(load_library(str(library))))
    for replies in REPLIES:
        entries = many(own, SITUATIONS, replies)
        index = SearchIndex(entries, readings)
        searched = partial(index.search, habits={}, limit=SHOWN)
        rows = [_row(f"csbot: {kind}", len(queries), _times(searched, queries)) for kind, queries in typed.items()]
        ways: list[tuple[str, Callable[[str], object]]] = [("csbot: all", searched), *peers(entries)]
        rows += [_row(name, len(everything), _times(search, everything)) for name, search in ways]
        print_table(
            f"A search among {len(entries):,} situations of {replies} replies",
            ["what is typed", "queries", "p50 ms", "p99 ms", "worst ms", "p50 CPU ms", "p99 CPU ms"],
            rows,
        )
    print_note(f"{ROUNDS} rounds of each query, a query being what has been typed at some key; the times of all rounds")


def prefixes(words: Sequence[str]) -> list[str]:
    """Return everything that is looked for while the words are typed, each once."""
    typed = (word[:end].strip() for word in words for end in range(1, len(word) + 1))
    return list(dict.fromkeys(typed))


def many(own: Sequence[Entry], situations: int, replies: int) -> list[Entry]:
    """Return so many situations with so many replies each: those of the library for one product after another."""
    made: list[Entry] = []
    for number, (series, thing) in enumerate(product(_SERIES, _THINGS)):
        what = series + thing
        for each in own:
            texts = [f"{what}{reply}" if turn else reply for turn in range(replies) for reply in each.replies]
            names = (f"{what}{each.name}", f"{what}{each.label}" if each.label else "")
            keywords = tuple(thing + word if turn % 2 else word for turn, word in enumerate(each.keywords))
            made.append(Entry(f"{each.id}_{number}", *names, each.cue, keywords, each.pinyin, tuple(texts[:replies])))
            if len(made) == situations:
                return made
    return made


def peers(entries: Sequence[Entry]) -> list[tuple[str, Callable[[str], object]]]:
    """Return other ways to search, each with its name; those that are not installed are left out.

    All of them search one text for each situation that holds its name, its keywords, their pinyin and initials, and its
    replies. None of them knows of several readings, of the beginnings of syllables, or of an order.
    """
    texts = [_all_of(each) for each in entries]

    def look_at_every_line(query: str) -> list[int]:
        words = query.split()
        return [number for number, text in enumerate(texts) if all(word in text for word in words)][:SHOWN]

    found: list[tuple[str, Callable[[str], object]]] = [("peer: `in` for every situation", look_at_every_line)]
    if (trigrams := _trigrams(texts)) is not None:
        found.append(("peer: SQLite FTS5, trigrams, `like` below three characters", trigrams))
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        return found
    names = [text.partition("\n")[0] for text in texts]
    found.append(
        (
            "peer: rapidfuzz, partial ratio of every name and its pinyin",
            lambda query: process.extract(query, names, scorer=fuzz.partial_ratio, limit=SHOWN),
        )
    )
    return found


def _all_of(entry: Entry) -> str:
    """Return all that is said of a situation, its name with the first reading of each character in the first line."""

    def sounds(text: str) -> str:
        syllables = [(readings(character) or (character,))[0] for character in text]
        return f"{''.join(syllables)} {''.join(each[0] for each in syllables)}"

    named = [entry.id, entry.name, sounds(entry.name), entry.label]
    words = [part for keyword in entry.keywords for part in (keyword, sounds(keyword))]
    return " ".join(named) + "\n" + "\n".join([*words, entry.cue, *entry.replies])


def _trigrams(texts: Sequence[str]) -> Callable[[str], object] | None:
    """Return a search in a full-text table of SQLite, in memory; None where SQLite was made without it."""
    database = sqlite3.connect(":memory:")
    try:
        database.execute("create virtual table situations using fts5(text, tokenize = 'trigram')")
    except sqlite3.OperationalError:
        return None
    database.executemany("insert into situations values (?)", ((text,) for text in texts))

    def search(query: str) -> list[tuple[int]]:
        words = query.split()
        long = " ".join('"' + word.replace('"', '""') + '"' for word in words if len(word) > 2)
        short = [f"%{word}%" for word in words if len(word) <= 2]
        conditions = [*(["situations match ?"] if long else []), *(["text like ?"] * len(short))]
        values = [*([long] if long else []), *short]
        order = "order by rank" if long else ""
        statement = f"select rowid from situations where {' and '.join(conditions)} {order} limit {SHOWN}"
        return database.execute(statement, values).fetchall()

    return search


def _times(search: Callable[[str], object], queries: Sequence[str]) -> list[tuple[float, float]]:
    """Return the milliseconds that each query took in each round: those of the clock, and of the processor."""
    for query in queries[:: max(1, len(queries) // 10)]:
        search(query)
    taken = []
    for _ in range(ROUNDS):
        for query in queries:
            start, worked = time.perf_counter(), time.process_time()
            search(query)
            taken.append((1000 * (time.perf_counter() - start), 1000 * (time.process_time() - worked)))
    return taken


def _row(name: str, queries: int, times: Sequence[tuple[float, float]]) -> list[str]:
    waited, worked = ([each[kind] for each in times] for kind in (0, 1))
    cells = [
        percentile(waited, 0.5),
        percentile(waited, 0.99),
        max(waited),
        percentile(worked, 0.5),
        percentile(worked, 0.99),
    ]
    return [name, str(queries), *(f"{each:.1f}" for each in cells)]
