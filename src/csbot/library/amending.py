"""Change the files of a library together: tried in memory first, then written all or none.

An ``Amendment`` gathers changes of one library. ``tried`` loads what the library would be; only who finds that good
calls ``write``. Files stay as they are until then, and afterwards no reader ever sees half of a change in a file.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from csbot.library.editing import Edit, EditError, edit
from csbot.library.load import data_of, read_documents
from csbot.library.locate import is_conversation, library_files
from csbot.library.models import Library
from csbot.library.problems import LibraryError, Problem, reason_of, shown_path
from csbot.library.yaml_document import Document, Key
from csbot.library.yaml_reader import parse_yaml, read_yaml

# Of each kind of entry: the folder or file, the list in it, and what tells its items apart.
_HOMES = {
    "intent": ("intents.yaml", "intents", "id"),
    "script": ("scripts_library/", "scripts", "intent"),
    "rule": ("phrasebook/forbidden/", "rules", "id"),
    "element": ("phrasebook/elements/", "elements", "id"),
    "slot": ("phrasebook/slots.yaml", "slots", "name"),
    "festival": ("phrasebook/occasions.yaml", "festivals", "name"),
}


class Amendment:
    """New texts for the files of the library in ``root``, by their paths inside it.

    Raises LibraryError where the folder holds no library whose files can be listed and read.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files, problems = library_files(root)
        if problems:
            raise LibraryError(problems)
        self._before: dict[str, bytes | None] = {}
        self._texts: dict[str, str] = {}
        self._documents: dict[str, Document] = {}

    @property
    def names(self) -> list[str]:
        """The files of the library, those that are new among them."""
        return sorted({*self._files, *self._texts})

    @property
    def changed(self) -> dict[str, str]:
        """The new texts, of the files that differ from what is on the disk."""
        return {name: text for name, text in self._texts.items() if text.encode() != self._before[name]}

    def document(self, name: str) -> Document:
        """Return what a file holds, with the changes so far: its ``data`` and keys are those that ``edit`` takes.

        Raises LibraryError where the file is broken.
        """
        if name not in self._documents:
            if name in self._texts:
                document = parse_yaml(self._texts[name].encode(), shown_path(self.root / name))
            else:
                document = read_yaml(self._files[name])
            if document.problems:
                raise LibraryError(document.problems)
            self._documents[name] = document
        return self._documents[name]

    def find(self, kind: str, identifier: str) -> tuple[str, Key] | None:
        """Return the file and the key of an ``intent``, ``script``, ``rule``, ``element``, ``slot`` or ``festival``."""
        home, field, name = _HOMES[kind]
        for each in self.names:
            if each.startswith(home) and not is_conversation(each):
                for index, entry in enumerate(self.document(each).data.get(field, ())):
                    if entry.get(name) == identifier:
                        return each, (field, index)
        return None

    def edit(self, name: str, *edits: Edit) -> None:
        """Change a file; keys mean what ``document`` gives now. Raises EditError, and then nothing is changed."""
        text = self._texts.get(name)
        if text is None:
            try:
                content = self._files[name].read_bytes()
                text = content.decode()
            except (OSError, UnicodeDecodeError) as error:
                why = reason_of(error) if isinstance(error, OSError) else "不是 UTF-8 编码"
                raise EditError(f"读不了 {name}：{why}") from None
            self._before[name] = content
        self._texts[name] = edit(text, edits)
        self._documents.pop(name, None)

    def create(self, name: str, text: str) -> None:
        """Add a file. Raises EditError where there is one of that name."""
        if name in self._texts or (self.root / name).exists():
            raise EditError(f"已经有 {name} 这个文件了")
        self._before[name], self._texts[name] = None, text

    def tried(self) -> tuple[Library | None, dict[str, Document], list[Problem]]:
        """Return the library as it would be (None where it could not be loaded), its documents, and all problems."""
        replaced = {name: text.encode() for name, text in self._texts.items()}
        documents, problems = read_documents(self.root, tests=any(map(is_conversation, replaced)), replaced=replaced)
        if any(problem.severity == "error" for problem in problems):
            return None, documents, sorted(set(problems))
        return Library(self.root, "", "", data_of(documents)), documents, sorted(set(problems))

    def write(self) -> list[str]:
        """Write the changed files, all or none, and return their names.

        Raises EditError where one cannot be written, or is no longer what it was when the change began.
        """
        contents = {self.root / name: text.encode() for name, text in self.changed.items()}
        write_all(contents, {self.root / name: self._before[name] for name in self.changed})
        return sorted(self.changed)


def write_all(contents: Mapping[Path, bytes], expected: Mapping[Path, bytes | None]) -> None:
    """Write files so that all are new afterwards, or all as they were.

    ``expected`` tells what each file holds now, None where there is none. Links stay links, and permissions what
    they are. Raises EditError where a file holds something else, or the disk refuses.
    """
    targets = {path: Path(os.path.realpath(path)) for path in contents}
    staged: dict[Path, str] = {}
    done: list[Path] = []
    try:
        for path, target in targets.items():
            staged[path] = _staged(target, contents[path])
        for path, target in targets.items():
            if (target.read_bytes() if target.exists() else None) != expected[path]:
                raise EditError(f"{shown_path(path)} 刚刚被别的程序改过，没有写入；请再来一次")
        for path, target in targets.items():
            os.replace(staged[path], target)
            done.append(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            for path in done:
                _restore(targets[path], expected[path])
        raise EditError(f"没有写入：{reason_of(error)}") from None
    finally:
        for name in staged.values():
            with contextlib.suppress(OSError):
                os.unlink(name)


def _staged(target: Path, content: bytes) -> str:
    """Write what a file is to hold beside it, safe from a loss of power, and return the name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, _mode_of(target))  # noqa: PTH101 - beside os.replace
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    return name


def _restore(target: Path, content: bytes | None) -> None:
    if content is None:
        target.unlink()
    else:
        os.replace(_staged(target, content), target)


def _mode_of(target: Path) -> int:
    """Return the permissions for a file: its own where it exists, else those that any new file gets here."""
    with contextlib.suppress(OSError):
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
