"""Regular expressions of a module, compiled when they are first asked for anything: a start asks few of them."""

from __future__ import annotations

import re
from typing import Any, AnyStr, Generic, cast


class Expression(Generic[AnyStr]):
    """An expression that is not compiled yet; afterwards it answers as fast as a compiled one."""

    def __init__(self, pattern: AnyStr, flags: int) -> None:
        self.pattern: AnyStr = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Return what the compiled expression has under ``name``, and keep it: nobody asks here twice."""
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)
        return found


def regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what ``re.compile`` would, without compiling it now: what is wrong with it shows when it is asked."""
    return cast("re.Pattern[AnyStr]", Expression(pattern, flags))
