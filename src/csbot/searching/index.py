"""The search itself: fragments in, results best first. No terminal, no disk, no clock."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from enum import IntEnum
from heapq import nsmallest

from csbot.searching.entries import Entry, Found, Habit
from csbot.searching.sounds import Readings, Sounds, readings_of
from csbot.text.normalise import normalise

LONGEST_QUERY = 60  # characters of a fragment that count
MOST_WORDS = 6
ENOUGH = 100  # situations found by the sound of their names: then that of keywords need not be looked at
EXCERPT = 24  # characters of a reply that are shown as the reason

_RUN = re.compile("[a-z]+|[^a-z]+")
_ADDRESS = re.compile(r"(?P<name>[a-z0-9_.]+)#(?P<reply>[1-9][0-9]{0,3})")
_NO_HABIT = Habit()


class Fit(IntEnum):
    """How a word fits a situation, best first."""

    WHOLE = 0
    NAME_BEGINS = 1
    NAME = 2
    SOUND_BEGINS = 3
    KEYWORD = 4
    SOUND = 5
    KEYWORD_SOUND = 6
    ID = 7
    SCATTERED = 8  # the characters stand in the name in this order, others between them
    CUE = 9
    REPLY = 10


_WEAK = Fit.SCATTERED  # from here on a fit is a hint: it stands below all others, favourites or not


class _Lines:
    """Short texts in one string, each with the number of its situation, so that a search is one run through it."""

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        kept = [(owner, text.replace("\n", " ")) for owner, text in lines if text]
        self.owners = [owner for owner, _ in kept]
        self.lines = [text for _, text in kept]
        self._text = "\n".join(self.lines)
        self._starts: list[int] = []
        at = 0
        for line in self.lines:
            self._starts.append(at)
            at += len(line) + 1
        self._next_owner = [at] * len(self.lines)  # where the lines of the next situation begin
        for number in range(len(self.lines) - 2, -1, -1):
            is_last = self.owners[number] != self.owners[number + 1]
            self._next_owner[number] = self._starts[number + 1] if is_last else self._next_owner[number + 1]

    def find(self, word: str) -> Iterator[tuple[int, int]]:
        """Yield each line that holds a word: its number and where the word begins in it."""
        at = self._text.find(word)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield number, at - self._starts[number]
            at = self._text.find(word, self._starts[number] + len(self.lines[number]))

    def holders(self, word: str) -> Iterator[int]:
        """Yield the situations of which a line holds a word, each once where its lines stand together."""
        at = self._text.find(word)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield self.owners[number]
            at = self._text.find(word, self._next_owner[number])

    def match(self, expression: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """Yield each line that holds a match of an expression that does not cross lines."""
        found = expression.search(self._text)
        while found:
            number = bisect_right(self._starts, found.start()) - 1
            yield number, found.start() - self._starts[number]
            found = expression.search(self._text, self._starts[number] + len(self.lines[number]))


class SearchIndex:
    """Finds situations and replies. Made once for a library; a search takes a few milliseconds."""

    def __init__(self, entries: Iterable[Entry], read: Callable[[str], Readings]) -> None:
        """``read`` gives all toneless readings of a Han character, and none for anything else."""
        self._entries = list(entries)
        self._numbers = {entry.id: number for number, entry in enumerate(self._entries)}
        numbered = list(enumerate(self._entries))
        names = [(n, _fold(name)) for n, each in numbered for name in dict.fromkeys((each.name, each.label)) if name]
        keywords = [(n, _fold(word)) for n, each in numbered for word in each.keywords]
        self._names, self._keywords = _Lines(names), _Lines(keywords)
        self._ids = _Lines((n, each.id) for n, each in numbered)
        self._cues = _Lines((n, _fold(each.cue)) for n, each in numbered)
        replies = [(n, index, _fold(text)) for n, each in numbered for index, text in enumerate(each.replies)]
        self._replies = _Lines((n, text) for n, _, text in replies if text)
        self._reply_indexes = [index for _, index, text in replies if text]
        self._named_sounds, self._name_sounds = self._sounds(self._names, read, self._entries)
        self._keyword_sounds = Sounds(readings_of(word, read) for _, word in keywords if word)

    @staticmethod
    def _sounds(names: _Lines, read: Callable[[str], Readings], entries: list[Entry]) -> tuple[list[int], Sounds]:
        """Return the sounds of all names and hints, and beside them whose each is."""
        owners: list[int] = []
        phrases: list[list[Readings]] = []
        for owner, name in zip(names.owners, names.lines, strict=True):
            han = sum(bool(read(character)) for character in name)
            hints = [hint.split() for hint in entries[owner].pinyin]
            fitting = [hint for hint in hints if len(hint) == han]
            for hint in fitting or [[]]:
                owners.append(owner)
                phrases.append(readings_of(name, read, hint))
        for owner, entry in enumerate(entries):
            for hint_text in entry.pinyin:
                owners.append(owner)
                phrases.append([(syllable,) for syllable in hint_text.split()])
        return owners, Sounds(phrases)

    def __len__(self) -> int:
        """The number of situations."""
        return len(self._entries)

    def search(self, fragment: str, habits: Mapping[str, Habit] | None = None, limit: int = 9) -> list[Found]:
        """Return up to ``limit`` results for what an agent typed, best first.

        Every word of the fragment must fit. What was typed whole (name, sound, id, number) comes first, then
        favourites, then what is used most, then what fits best; results that only hold the words in their
        description or in a reply come last. Without a fragment: favourites and what is used most.
        ``habits`` maps ids of situations to how the agent uses them.
        """
        habits = habits or {}
        folded = _fold(fragment[:LONGEST_QUERY]).replace("'", "").strip()
        words = folded.split()[:MOST_WORDS]
        if not words:
            used = [n for n, entry in enumerate(self._entries) if habits.get(entry.id, _NO_HABIT) != _NO_HABIT]
            best = nsmallest(limit, used, key=lambda n: (*_habit_key(habits.get(self._entries[n].id)), n))
            return [self._found(n, None, "", exact=False) for n in best]
        if (addressed := self._addressed(folded)) is not None:
            return [addressed]
        fits = self._fit(words[0], in_replies=len(words) > 1)
        for word in words[1:]:
            if not fits:
                break
            others = self._fit(word, in_replies=True)
            fits = {n: max(fits[n], others[n]) for n in fits.keys() & others.keys()}
        if len(words) > 1:
            for number in self._whole(folded):
                fits[number] = (Fit.WHOLE, 0)

        def key(number: int) -> tuple[bool, bool, bool, int, tuple[int, int], int]:
            fit = fits[number]
            favourite, uses = _habit_key(habits.get(self._entries[number].id))
            return fit[0] >= _WEAK, fit[0] is not Fit.WHOLE, favourite, uses, fit, number

        mixed = {number for number, fit in fits.items() if fit[0] is Fit.REPLY}
        best = nsmallest(limit, fits.keys() - mixed, key=key)
        results = [self._found(n, None, self._reason(n, fits[n][0], words), fits[n][0] is Fit.WHOLE) for n in best]
        if len(results) < limit:
            results += self._in_replies(words, fits.keys() - mixed, habits, limit - len(results))
        if len(results) < limit:
            mixed -= {self._numbers[each.id] for each in results}
            last = nsmallest(limit - len(results), mixed, key=key)
            results += [self._found(n, None, "", exact=False) for n in last]
        return results

    def _found(self, number: int, reply: int | None, detail: str, exact: bool) -> Found:
        entry = self._entries[number]
        return Found(entry.id, entry.name, number + 1, reply, detail, exact)

    def _addressed(self, folded: str) -> Found | None:
        """Return what an id, a number, or one of these with the number of a reply leads to."""
        address = _ADDRESS.fullmatch(folded)
        name = address["name"] if address else folded
        if name.isdecimal() and name.isascii():
            number = int(name[:6]) - 1 if len(name) <= 6 else -1
        else:
            number = self._numbers.get(name, -1)
        if not 0 <= number < len(self._entries):
            return None
        if address is None:
            return self._found(number, None, "", exact=True)
        reply = int(address["reply"]) - 1
        if reply >= len(self._entries[number].replies):
            return None
        return self._found(number, reply, _excerpt(self._entries[number].replies[reply], 0), exact=True)

    def _whole(self, name: str) -> Iterator[int]:
        """Yield the situations that have exactly this name, spaces included."""
        for line, _ in self._names.find(name):
            if self._names.lines[line] == name:
                yield self._names.owners[line]

    def _fit(self, word: str, *, in_replies: bool) -> dict[int, tuple[Fit, int]]:
        """Return how a word fits each situation that it fits, and how far into the name it stands.

        ``in_replies``: one of several words may also stand in a reply, while the name has the others.
        """
        runs = _RUN.findall(word)
        fits = self._fit_run(runs[0])
        for run in runs[1:]:
            others = self._fit_run(run)
            fits = {n: max(fits[n], others[n]) for n in fits.keys() & others.keys()}
        if len(runs) > 1 or "." in word or "_" in word:
            self._add(fits, ((self._ids.owners[line], Fit.ID, at) for line, at in self._ids.find(word)))
            if len(runs) > 1:
                self._add(fits, self._literal(word))
        if in_replies:
            self._add(fits, ((owner, Fit.REPLY, 0) for owner in self._replies.holders(word)))
        return fits

    def _fit_run(self, run: str) -> dict[int, tuple[Fit, int]]:
        """Return what a run of letters, or one without letters, fits."""
        fits: dict[int, tuple[Fit, int]] = {}
        self._add(fits, self._literal(run))
        if run.isascii() and run.isalpha():
            self._add(fits, self._by_sound(run))
            if len(fits) < ENOUGH and len(run) > 1:  # one letter begins a syllable of nearly every keyword
                sounds = self._keyword_sounds.find(run)
                self._add(fits, ((self._keywords.owners[line], Fit.KEYWORD_SOUND, at) for line, at, _ in sounds))
            starts = (
                (line, at) for line, at in self._ids.find(run) if at == 0 or self._ids.lines[line][at - 1] in "._"
            )
            self._add(fits, ((self._ids.owners[line], Fit.ID, at) for line, at in starts))
        elif 1 < len(run) <= 12:
            scattered = re.compile("[^\n]*?".join(map(re.escape, run)))
            found = self._names.match(scattered)
            self._add(fits, ((self._names.owners[line], Fit.SCATTERED, at) for line, at in found))
        self._add(fits, ((self._cues.owners[line], Fit.CUE, at) for line, at in self._cues.find(run)))
        return fits

    def _literal(self, word: str) -> Iterator[tuple[int, Fit, int]]:
        """Yield the situations that have a word in their names or keywords."""
        for line, at in self._names.find(word):
            whole = len(self._names.lines[line]) == len(word)
            fit = Fit.WHOLE if whole else Fit.NAME if at else Fit.NAME_BEGINS
            yield self._names.owners[line], fit, at
        for line, at in self._keywords.find(word):
            yield self._keywords.owners[line], Fit.KEYWORD, at

    def _by_sound(self, letters: str) -> Iterator[tuple[int, Fit, int]]:
        # One letter stands somewhere in nearly every name: only what begins with it is worth showing.
        for phrase, at, whole in self._name_sounds.find(letters, only_beginnings=len(letters) == 1):
            fit = Fit.WHOLE if whole and len(letters) > 1 else Fit.SOUND if at else Fit.SOUND_BEGINS
            yield self._named_sounds[phrase], fit, at

    @staticmethod
    def _add(fits: dict[int, tuple[Fit, int]], more: Iterable[tuple[int, Fit, int]]) -> None:
        for number, fit, at in more:
            if number not in fits or (fit, at) < fits[number]:
                fits[number] = (fit, at)

    def _in_replies(self, words: list[str], known: Set[int], habits: Mapping[str, Habit], limit: int) -> list[Found]:
        """Return replies that hold all words, one for each situation that was not found otherwise."""
        words = sorted(words, key=len, reverse=True)
        first: dict[int, tuple[int, int]] = {}
        for line, at in self._replies.find(words[0]):
            number = self._replies.owners[line]
            if number not in known and number not in first:
                text = self._replies.lines[line]
                if all(word in text for word in words[1:]):
                    first[number] = (line, at)
        best = nsmallest(limit, first, key=lambda n: (*_habit_key(habits.get(self._entries[n].id)), n))
        results = []
        for number in best:
            line, at = first[number]
            reply = self._reply_indexes[line]
            excerpt = _excerpt(self._entries[number].replies[reply], at)
            results.append(self._found(number, reply, excerpt, exact=False))
        return results

    def _reason(self, number: int, fit: Fit, words: list[str]) -> str:
        """Return why a situation was found, where its name does not show it."""
        entry = self._entries[number]
        if fit is Fit.KEYWORD:
            return next((each for each in entry.keywords if any(word in _fold(each) for word in words)), "")
        return entry.cue if fit is Fit.CUE else ""


def _fold(text: str) -> str:
    return normalise(text).text.replace("\n", " ")


def _habit_key(habit: Habit | None) -> tuple[bool, int]:
    """Return what sorts favourites first, then what is used most."""
    habit = habit or _NO_HABIT
    return not habit.favourite, -habit.uses


def _excerpt(reply: str, at: int) -> str:
    """Return the stretch of a reply around a place in it as it is folded; as it is written, slots as they are shown."""
    place = normalise(reply).starts[at] if at else 0
    text = reply.replace("\n", " ").replace("{", "【").replace("}", "】")
    clause = max(text.rfind(mark, 0, place) for mark in "，,。；;：:！!？?、】") + 1
    start = clause if place - clause <= EXCERPT // 2 else place
    end = start + EXCERPT
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
