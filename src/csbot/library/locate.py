"""Which library is used, and which files belong to it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from csbot.library.problems import LibraryError, Problem, shown_path
from csbot.text.regex import regex

ENVIRONMENT_VARIABLE = "CSBOT_LIBRARY"
PERSONAL_VARIABLE = "CSBOT_PERSONAL"
MARKER = "intents.yaml"
LAYER = "layer.yaml"
KINDS = {
    LAYER: "layer",
    "intents.yaml": "intents",
    "phrasebook/slots.yaml": "slots",
    "phrasebook/occasions.yaml": "occasions",
    "phrasebook/settings.yaml": "settings",
    "phrasebook/synonyms.yaml": "synonyms",
    "phrasebook/agent_questions.yaml": "agent_questions",
    "phrasebook/shapes.yaml": "shapes",
    "phrasebook/regional.yaml": "regional",
    "phrasebook/inserted.yaml": "inserted",
    "phrasebook/manuals.yaml": "manuals",
    "phrasebook/rewriting.yaml": "rewriting",
    "phrasebook/circumstances.yaml": "circumstances",
}
DISGUISES = ("shapes", "regional", "inserted")  # what says how expressions are disguised
OPTIONAL = {LAYER} | {
    f"phrasebook/{name}.yaml"
    for name in ("settings", "synonyms", "agent_questions", *DISGUISES, "manuals", "rewriting", "circumstances")
}
FOLDERS = {"scripts_library": "scripts", "phrasebook/forbidden": "forbidden", "phrasebook/elements": "elements"}
CONVERSATIONS = "scripts_library/conversations/"  # tests: checked with the library, but no part of what it answers with


# Names that were meant to end in .yaml; editors and mail programs like to add an ending that is then not shown.
_MEANT = regex(r"\.ya?ml(\.(txt|text|rtf|docx?))?$", re.IGNORECASE)


def _is_there(path: Path) -> bool:
    """Tell whether there is anything of this name, as far as may be seen."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _is_file(path: Path) -> bool:
    """Tell whether there is a file, also where the folder may not be looked into or the name is impossible."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _misnamed(path: Path) -> str:
    """Return in Chinese under which name a missing file seems to be there; else an empty text."""
    for ending in (".yml", ".yaml.txt", ".yml.txt"):
        if _is_file(path.with_suffix(ending)):
            return f"（这里有 {path.stem}{ending}，请改名为 {path.name}）"
    return ""


_HEADS = (  # keys at the left margin that tell what a file is → the folder that it belongs into
    ({"topic", "scripts"}, "scripts_library"),
    ({"name", "steps"}, "scripts_library/conversations"),
    ({"category", "rules"}, "phrasebook/forbidden"),
    ({"category", "elements"}, "phrasebook/elements"),
)
_KEY = regex(r"^([a-z_]+):", re.MULTILINE)


def _home_of(path: Path) -> str:
    """Return the folder that a YAML file belongs into by what it holds, an empty text where it is none of a library."""
    try:
        keys = set(_KEY.findall(path.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return ""
    return next((folder for head, folder in _HEADS if head <= keys), "")


def built_in() -> Path:
    """Return the folder of the library that comes with csbot (in the wheel, or in the source tree)."""
    package = Path(__file__).resolve().parent.parent
    packaged = package / "data"
    return packaged if (packaged / MARKER).is_file() else package.parent.parent


def is_layer(root: Path) -> bool:
    """Tell whether the library in a folder is a layer upon another one."""
    return _is_file(root / LAYER)


def personal_folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """Return the folder of the user's own layer, whether it is there or not; None where there can be none.

    CSBOT_PERSONAL names another one; where it is empty, there is none.
    """
    environment = os.environ if environment is None else environment
    named = environment.get(PERSONAL_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    from platformdirs import user_config_path

    try:
        return user_config_path("csbot", appauthor=False) / "library"
    except RuntimeError:  # no home directory can be determined
        return None


def locate(named: str | None, environment: Mapping[str, str], folder: Path) -> tuple[Path, str]:
    """Return the library to use and, in Chinese, why that one.

    ``named`` (from ``--library``) wins over CSBOT_LIBRARY, that over the nearest parent of ``folder`` that
    holds a library, that over the built-in one. Above CSBOT_LIBRARY and the built-in one stands the user's own
    layer where there is one; a library that is named or worked in is taken as it is. A named library that is
    not there raises LibraryError.
    """
    personal = personal_folder(environment)
    own = personal if personal is not None and is_layer(personal) else None
    for value, why in ((named, "--library"), (environment.get(ENVIRONMENT_VARIABLE), ENVIRONMENT_VARIABLE)):
        if value:
            path = Path(value)
            if not _is_file(path / MARKER) and not is_layer(path):
                lacking = f"这里不是话术库：没有找到 {MARKER}" if _is_there(path) else "没有这个文件夹"
                message = f"{lacking}，请检查 {why} 指定的文件夹{_misnamed(path / MARKER)}"
                raise LibraryError([Problem(shown_path(path), 1, 1, "library.not-found", message)])
            if own is not None and why == ENVIRONMENT_VARIABLE:
                return own, f"个人层，下面由 {why} 指定"
            return path, f"由 {why} 指定"
    try:
        parents = [folder, *folder.parents]
    except OSError:
        parents = []
    for parent in parents:
        if _is_file(parent / MARKER) and (parent / "scripts_library").is_dir():
            return parent, "当前文件夹或其上级"
        if is_layer(parent) and any((parent / name).exists() for name in (MARKER, "scripts_library", "phrasebook")):
            return parent, "当前文件夹或其上级"
    if own is not None:
        return own, "个人层，下面是内置"
    return built_in(), "内置"


def library_files(root: Path) -> tuple[dict[str, Path], list[Problem]]:
    """Return the YAML files of a library by their path inside it, and what is missing or out of place."""
    files: dict[str, Path] = {}
    problems: list[Problem] = []
    complete = not is_layer(root)  # a layer holds only what it changes
    for name in KINDS:
        path = root / name
        if path.is_file():
            files[name] = path
        elif complete and name not in OPTIONAL:
            message = f"缺少这个文件，请补上{_misnamed(path)}"
            problems.append(Problem(shown_path(path), 1, 1, "library.missing-file", message))
    for folder in FOLDERS:
        found = sorted((root / folder).rglob("*.yaml")) if (root / folder).is_dir() else []
        files.update({path.relative_to(root).as_posix(): path for path in found})
        if complete and not found:
            message = "这个文件夹里没有 .yaml 文件，没有它就不能给出合规的回复"
            problems.append(Problem(shown_path(root / folder), 1, 1, "library.missing-file", message))
    for folder in ("scripts_library", "phrasebook"):
        for path in sorted((root / folder).rglob("*")) if (root / folder).is_dir() else []:
            if _MEANT.search(path.name) and path.relative_to(root).as_posix() not in files:
                name = _MEANT.sub(".yaml", path.name)
                folders = _home_of(path) or "、".join(FOLDERS)
                message = f"这个文件放在这里不会被读取：请移到 {folders} 里"
                if name != path.name:
                    message = f"这个文件不会被读取：扩展名应为 .yaml，请改名为 {name}"
                problems.append(Problem(shown_path(path), 1, 1, "library.stray-file", message))
    for path in sorted(root.glob("*.yaml")):
        if path.name not in files and (folder := _home_of(path)):
            message = f"这个文件放在这里不会被读取：请移到 {folder} 里"
            problems.append(Problem(shown_path(path), 1, 1, "library.stray-file", message))
    return files, problems


def is_conversation(name: str) -> bool:
    """Tell whether a file of the library holds a conversation to be tested, by its path inside it."""
    return name.startswith(CONVERSATIONS)


def kind_of(name: str) -> str:
    """Return which schema a file of the library follows, by its path inside it."""
    if is_conversation(name):
        return "conversations"
    return KINDS.get(name) or next(kind for folder, kind in FOLDERS.items() if name.startswith(folder + "/"))
