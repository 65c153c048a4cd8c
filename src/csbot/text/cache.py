"""A cache of derived data in the user's cache directory: keyed by content, safe to lose, safe to share.

Values are JSON (and plain bytes), so a damaged or hostile file can at worst be ignored. A file is written under
a private name and renamed, so that two processes at once, or a crash, leave the old value or the new one; a
checksum tells a file that was cut short or changed since.
``CSBOT_CACHE_DIR`` names another directory; an empty one switches the cache off.
"""

from __future__ import annotations

import binascii
import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar, cast

FORMAT = 2

Value = TypeVar("Value")


def cache_directory() -> Path | None:
    """Return the directory for derived data, or None where the cache is switched off."""
    named = os.environ.get("CSBOT_CACHE_DIR")
    if named is not None:
        return Path(named) if named else None
    from platformdirs import user_cache_path

    try:
        return user_cache_path("csbot", appauthor=False)
    except RuntimeError:  # no home directory can be determined
        return None


@lru_cache(maxsize=1)
def source_digest() -> str:
    """Return a digest of csbot's own source: what depends on all of it is made anew when any of it changes."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=4)
def version_of(package: str) -> str:
    """Return the version of an installed package that derived data rests on, without importing the package."""
    spec = find_spec(package)
    if spec is not None and spec.origin is not None:
        beside = [path.name for path in Path(spec.origin).parent.parent.glob(f"{package}-*.dist-info")]
        if len(beside) == 1:
            return beside[0].removeprefix(f"{package}-").removesuffix(".dist-info")
    from importlib.metadata import version  # 12 ms

    return version(package)


def cached(name: str, key: str, build: Callable[[], Value]) -> Value:
    """Return the value that was kept under ``name`` for ``key``, or build and keep it.

    ``key`` must change whenever the value would; its digest is stored in the file and compared, so that one
    name holds one value. The value must survive a round trip through JSON. Trouble with the disk is no
    trouble for the caller: the value is then built.
    """
    value, _ = cached_with_bytes(name, key, lambda: (build(), b""))
    return value


def cached_with_bytes(name: str, key: str, build: Callable[[], tuple[Value, bytes]]) -> tuple[Value, bytes]:
    """Do what ``cached`` does for a JSON value that comes with a block of bytes."""
    found = _read(name, key)
    if found is not None:
        return cast(Value, found[0]), found[1]
    value, block = build()
    _keep(name, key, value, block)
    return value, block


def recall(name: str, key: str) -> object:
    """Return what was last remembered under ``name`` for ``key``, or None."""
    found = _read(name, key)
    return found[0] if found is not None else None


def recall_with_bytes(name: str, key: str) -> tuple[object, bytes] | None:
    """Return what was last remembered with a block of bytes under ``name`` for ``key``, or None."""
    return _read(name, key)


def remember(name: str, key: str, value: object, block: bytes = b"") -> None:
    """Keep a JSON value under ``name``, for whoever asks with the same ``key``; trouble with the disk is none."""
    _keep(name, key, value, block)


def _digest(key: str) -> bytes:
    return hashlib.sha256(f"{FORMAT}\n{key}".encode("utf-8", "surrogatepass")).hexdigest().encode()


def _read(name: str, key: str) -> tuple[object, bytes] | None:
    """Return what is kept under ``name``, where it is whole and was made for ``key``."""
    directory = cache_directory()
    if directory is None:
        return None
    with contextlib.suppress(OSError, ValueError, RecursionError), (directory / f"{name}.cache").open("rb") as stream:
        if stream.readline().strip() == _digest(key):
            size, checksum = map(int, stream.readline().split())
            content = stream.read()
            if binascii.crc32(content) == checksum:
                return json.loads(content[:size]), content[size:]
    return None


def _keep(name: str, key: str, value: object, block: bytes) -> None:
    directory = cache_directory()
    if directory is None:
        return
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    content = text + block
    lines = (_digest(key), f"{len(text)} {binascii.crc32(content)}".encode(), content)
    _write(directory / f"{name}.cache", lines)


def _write(path: Path, lines: tuple[bytes, bytes, bytes]) -> None:
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        import tempfile  # most starts find everything in the cache

        descriptor, temporary = tempfile.mkstemp(prefix=path.name, dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(b"\n".join(lines))
            os.replace(temporary, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
