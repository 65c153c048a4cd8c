"""The search itself: fragments in, results best first. No terminal, no disk, no clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from enum import IntEnum
from functools import cached_property
from heapq import nsmallest

from csbot.searching.entries import Entry, Found, Habit
from csbot.searching.likeness import Likeness
from csbot.searching.lines import Lines
from csbot.searching.sounds import Readings, Sounds, readings_of
from csbot.text.normalise import normalise
from csbot.text.regex import regex

LONGEST_QUERY = 60  # characters of a fragment that count
MOST_WORDS = 6
ENOUGH = 100  # situations found by the sound of their names: then that of keywords need not be looked at
ALIKE = 0.2  # of what is most like a description, from which others are worth a line
PREFERRED = 1.2  # times how like a description a preferred situation is
EXCERPT = 24  # characters of a reply that are shown as the reason

_RUN = regex("[a-z]+|[^a-z]+")
_ADDRESS = regex(r"(?P<name>[a-z0-9_.]+)#(?P<reply>[1-9][0-9]{0,3})")
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


class SearchIndex:
    """Finds situations and replies. Made once for a library; a search takes a few milliseconds."""

    def __init__(self, entries: Iterable[Entry], read: Callable[[str], Readings]) -> None:
        """``read`` gives all toneless readings of a Han character, and none for anything else."""
        self._entries = list(entries)
        self._numbers = {entry.id: number for number, entry in enumerate(self._entries)}
        numbered = list(enumerate(self._entries))
        names = [(n, _fold(name)) for n, each in numbered for name in dict.fromkeys((each.name, each.label)) if name]
        keywords = [(n, _fold(word)) for n, each in numbered for word in each.keywords]
        self._names, self._keywords = Lines(names), Lines(keywords)
        self._ids = Lines((n, each.id) for n, each in numbered)
        self._cues = Lines((n, _fold(each.cue)) for n, each in numbered)
        self._replies = ["\n".join(map(_fold, each.replies)) for each in self._entries]  # of a situation: a line each
        self._named_sounds, self._name_sounds = self._sounds(names, read, self._entries)
        self._keyword_sounds = Sounds(readings_of(word, read) for word in self._keywords.lines)

    @staticmethod
    def _sounds(
        names: list[tuple[int, str]], read: Callable[[str], Readings], entries: list[Entry]
    ) -> tuple[list[int], Sounds]:
        """Return the sounds of all names and hints, and beside them whose each is."""
        owners: list[int] = []
        phrases: list[list[Readings]] = []
        for owner, name in names:
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
        fits = self._fit_all(words)
        if len(words) > 1:
            for number in self._whole(folded):
                fits[number] = (Fit.WHOLE, 0)

        def key(number: int) -> tuple[bool, bool, bool, int, tuple[int, int], int]:
            fit = fits[number]
            favourite, uses = _habit_key(habits.get(self._entries[number].id))
            return fit[0] >= _WEAK, fit[0] is not Fit.WHOLE, favourite, uses, fit, number

        mixed = {number for number, fit in fits.items() if fit[0] is Fit.REPLY}
        # Of those that the agent has no habit of, the order is that of how they fit: no key is made for thousands.
        plain = ((fit, n) for n, fit in fits.items() if n not in mixed and self._entries[n].id not in habits)
        used = [n for each in habits if (n := self._numbers.get(each, -1)) in fits and n not in mixed]
        best = nsmallest(limit, [*used, *(n for _, n in nsmallest(limit, plain))], key=key)
        results = [self._found(n, None, self._reason(n, fits[n][0], words), fits[n][0] is Fit.WHOLE) for n in best]
        if len(results) < limit:
            within = mixed if len(words) > 1 else [n for n in range(len(self._entries)) if n not in fits]
            results += self._in_replies(words, within, habits, limit - len(results))
        if len(results) < limit:
            mixed -= {self._numbers[each.id] for each in results}
            last = nsmallest(limit - len(results), mixed, key=key)
            results += [self._found(n, None, "", exact=False) for n in last]
        return results

    def alike(
        self, description: str, besides: Mapping[str, float], limit: int = 9, preferred: Container[str] = ()
    ) -> list[Found]:
        """Return up to ``limit`` situations that are like a description in anybody's words, best first.

        ``besides`` is what else speaks for situations, by their ids: added to how like they are, which is 0..1. Of
        ``preferred`` ones that counts for more, so that they win where others are hardly more like it.
        """
        scores = dict(self._likeness.of(description))
        for identifier in besides.keys() & self._numbers.keys():
            scores[identifier] = scores.get(identifier, 0.0) + besides[identifier]
        least = ALIKE * max(scores.values(), default=0.0)
        worth = [self._numbers[each] for each, score in scores.items() if score and score >= least]

        def key(number: int) -> tuple[float, int]:
            identifier = self._entries[number].id
            return -scores[identifier] * (PREFERRED if identifier in preferred else 1.0), number

        return [self._found(number, None, "", exact=False) for number in nsmallest(limit, worth, key=key)]

    @cached_property
    def _likeness(self) -> Likeness:
        return Likeness(self._entries)

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
                yield from self._names.owners[line]

    def _fit_all(self, words: list[str]) -> dict[int, tuple[Fit, int]]:
        """Return how the words fit each situation that all of them fit: each as well as the one that fits worst.

        One of several words may also stand in a reply, while the name has the others.
        """
        found = [(word, self._fit(word)) for word in words]
        if len(found) == 1:
            return found[0][1]
        found.sort(key=lambda each: (len(each[1]), -len(each[0])))
        (word, first), *rest = found
        in_reply = (Fit.REPLY, 0)
        fits = {n: first.get(n, in_reply) for n, said in enumerate(self._replies) if n in first or word in said}
        for word, others in rest:
            fits = {
                n: max(fit, others.get(n, in_reply))
                for n, fit in fits.items()
                if n in others or word in self._replies[n]
            }
        return fits

    def _fit(self, word: str) -> dict[int, tuple[Fit, int]]:
        """Return how a word fits each situation (replies apart), and how far into its name it stands."""
        runs = sorted(_RUN.findall(word), key=str.isalpha)  # what is no letter fits little, and is looked up at once
        fits = self._fit_run(runs[0])
        for run in runs[1:]:
            others = self._fit_run(run) if fits else {}
            fits = {n: max(fits[n], others[n]) for n in fits.keys() & others.keys()}
        if len(runs) > 1 or "." in word or "_" in word:
            self._add(fits, self._ids.owners, ((line, Fit.ID, at) for line, at in self._ids.find(word)))
            if len(runs) > 1:
                self._literal(fits, word)
        return fits

    def _fit_run(self, run: str) -> dict[int, tuple[Fit, int]]:
        """Return what a run of letters, or one without letters, fits."""
        fits: dict[int, tuple[Fit, int]] = {}
        self._literal(fits, run)
        if run.isascii() and run.isalpha():
            self._by_sound(fits, run)
            if len(fits) < ENOUGH and len(run) > 1:  # one letter begins a syllable of nearly every keyword
                sounds = self._keyword_sounds.find(run)
                self._add(fits, self._keywords.owners, ((line, Fit.KEYWORD_SOUND, at) for line, at, _ in sounds))
            starts = self._ids.find_beginnings(run, "._")
            self._add(fits, self._ids.owners, ((line, Fit.ID, at) for line, at in starts))
        elif 1 < len(run) <= 12:
            scattered = self._names.match("[^\n]*?".join(map(re.escape, run)))
            self._add(fits, self._names.owners, ((line, Fit.SCATTERED, at) for line, at in scattered))
        self._add(fits, self._cues.owners, ((line, Fit.CUE, at) for line, at in self._cues.find(run)))
        return fits

    def _literal(self, fits: dict[int, tuple[Fit, int]], word: str) -> None:
        """Add the situations that have a word in their names or keywords."""
        lines = self._names.lines

        def named() -> Iterator[tuple[int, Fit, int]]:
            for line, at in self._names.find(word):
                yield line, Fit.WHOLE if len(lines[line]) == len(word) else Fit.NAME if at else Fit.NAME_BEGINS, at

        self._add(fits, self._names.owners, named())
        self._add(fits, self._keywords.owners, ((line, Fit.KEYWORD, at) for line, at in self._keywords.find(word)))

    def _by_sound(self, fits: dict[int, tuple[Fit, int]], letters: str) -> None:
        """Add the situations whose names sound as letters do."""
        alone = len(letters) == 1  # one letter stands somewhere in nearly every name: only beginnings are worth showing
        for phrase, at, whole in self._name_sounds.find(letters, only_beginnings=alone):
            fit = (Fit.WHOLE if whole and not alone else Fit.SOUND if at else Fit.SOUND_BEGINS, at)
            number = self._named_sounds[phrase]
            if number not in fits or fit < fits[number]:
                fits[number] = fit

    @staticmethod
    def _add(fits: dict[int, tuple[Fit, int]], owners: list[list[int]], more: Iterable[tuple[int, Fit, int]]) -> None:
        """Add what lines fit: the situations that have them, each with the best of its fits."""
        for line, fit, at in more:
            for number in owners[line]:
                if number not in fits or (fit, at) < fits[number]:
                    fits[number] = (fit, at)

    def _in_replies(
        self, words: list[str], within: Collection[int], habits: Mapping[str, Habit], limit: int
    ) -> list[Found]:
        """Return replies that hold all words, one for each of some situations at most."""
        words = sorted(words, key=len, reverse=True)
        holding = [n for n in within if all(word in self._replies[n] for word in words)]
        results: list[Found] = []
        for number in sorted(holding, key=lambda n: (*_habit_key(habits.get(self._entries[n].id)), n)):
            if len(results) == limit:
                break
            for reply, said in enumerate(self._replies[number].split("\n")):
                if all(word in said for word in words):
                    excerpt = _excerpt(self._entries[number].replies[reply], said.find(words[0]))
                    results.append(self._found(number, reply, excerpt, exact=False))
                    break
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
