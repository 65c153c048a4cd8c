"""Many texts judged together: that takes less time than one after the other, and memory for no more than these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

TOGETHER = 1 << 16  # characters of texts that are judged together

Item = TypeVar("Item")


def together(items: Iterable[Item], size: Callable[[Item], int], most: int) -> Iterator[list[Item]]:
    """Yield items in lists of so many characters as ``most``, or a little more; none is empty.

    ``size`` gives the characters of an item. Where an item cannot be had (``items`` raises), those before it are
    yielded first.
    """
    waiting: list[Item] = []
    total = 0
    fault: Exception | None = None
    rest = iter(items)
    while True:
        try:
            item = next(rest)
        except StopIteration:
            break
        except Exception as error:  # raised below, as it is
            fault = error
            break
        waiting.append(item)
        total += size(item)
        if total >= most:
            yield waiting
            waiting, total = [], 0
    if waiting:
        yield waiting
    if fault is not None:
        raise fault
