"""The page as text: everything that comes from the library is escaped, and nothing is loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from csbot.pages.gather import Page
from csbot.text.normalise import visible

FOLDER = Path(__file__).parent


def render(page: Page) -> str:
    """Return the page as one HTML document (the WHATWG standard), UTF-8.

    Its Content-Security-Policy lets nothing run but the script and style that stand in it, by their digests, and
    nothing be loaded or sent.
    """
    style, script = ((FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    environment.globals |= {"style": _Own(style), "script": _Own(script), "digest": _digest}
    return environment.get_template("page.html.jinja").render(page=page, library=page.library)


class _Own(str):
    """Text of csbot itself, written as it is: style and script, which hold no values."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def _printable(value: Any) -> Any:
    """Make control characters and direction marks of the library visible: no page may hold or obey them."""
    return visible(value) if type(value) is str else value


def _digest(text: str) -> str:
    """Return the digest of an inline script or style as a Content-Security-Policy names it (CSP level 3)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
