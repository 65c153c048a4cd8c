"""The syntax of modules, parsed once for all tests that look at it."""

from __future__ import annotations

import ast
from functools import cache


@cache
def nodes_of(source: str) -> list[ast.AST]:
    """Return all that the text of a module consists of, the module itself first."""
    return list(ast.walk(ast.parse(source)))
