"""Replace files: each whole or not at all, and several all together or none."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Write files so that a reader sees the old or the new content of each, never half of one.

    All are written beside their places before the first is moved there; where moving one fails, those moved before
    get their old content back. A link stays a link, permissions stay. Raises OSError, after which all is as it was.
    """
    targets = {Path(os.path.realpath(path)): content for path, content in contents.items()}
    written: list[tuple[str, Path]] = []
    before: dict[Path, bytes | None] = {}
    try:
        for target, content in targets.items():
            before[target] = target.read_bytes() if target.exists() else None
            target.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
            written.append((temporary, target))
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(temporary, _mode_of(target))  # noqa: PTH101 - beside os.replace
        moved: list[Path] = []
        try:
            for temporary, target in written:
                os.replace(temporary, target)
                moved.append(target)
        except OSError:
            for target in moved:
                _restore(target, before[target])
            raise
    finally:
        for temporary, _ in written:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _restore(target: Path, content: bytes | None) -> None:
    with contextlib.suppress(OSError):
        if content is None:
            target.unlink()
        else:
            target.write_bytes(content)


def _mode_of(target: Path) -> int:
    """Return the permissions for a file: its own where it exists, else those that any new file gets here."""
    with contextlib.suppress(OSError):
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
