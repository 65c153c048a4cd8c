"""The layers of a library: each changes what the one below it holds, and the lowest is complete."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from csbot.library.locate import ENVIRONMENT_VARIABLE, LAYER, MARKER, built_in, is_layer, personal_folder
from csbot.library.problems import LibraryError, Problem, shown_path

if TYPE_CHECKING:
    from csbot.library.yaml_document import Document

BUILT_IN = "内置"
LEVELS = ("内置", "公司", "团队", "个人")
COMPLETE = "基础"  # what a complete library is called that is not the built-in one
MAXIMUM = 8  # layers


class Layer(NamedTuple):
    """One layer: its folder, how far down it stands, its name, and its layer.yaml (None of a complete library)."""

    root: Path
    level: str
    name: str
    document: Document | None = None

    @property
    def title(self) -> str:
        """The layer as it is named to a person: 「公司（示例公司）」."""
        return f"{self.level}（{self.name}）" if self.name else self.level

    @property
    def rank(self) -> int:
        """How far up the layer stands: 0 for a complete library."""
        return LEVELS.index(self.level) if self.level in LEVELS else 0

    @property
    def may_loosen(self) -> bool:
        """Whether the layer may switch off or loosen what a lower one forbids, with a reason."""
        return self.rank <= LEVELS.index("公司")


def stack_of(
    root: Path, environment: Mapping[str, str] | None = None, home: Path | None = None
) -> tuple[list[Layer], list[Problem]]:
    """Return the layers of the library in ``root``, the lowest first, and what is wrong with their layer.yaml.

    ``home`` is the folder from which ``extends`` of the uppermost layer is meant, ``root`` by default: a layer
    that was taken out of git lies elsewhere.
    """
    environment = os.environ if environment is None else environment
    layers: list[Layer] = []
    seen: list[Path] = []
    folder = root
    while True:
        if not is_layer(folder):
            lowest = folder.resolve() == built_in().resolve()
            layers.append(Layer(folder, BUILT_IN if lowest else COMPLETE, ""))
            return layers[::-1], []
        from csbot.library.schema import check_shape  # a library without layers waits for no YAML
        from csbot.library.yaml_reader import read_yaml

        document = read_yaml(folder / LAYER)
        problems = document.problems or check_shape(document, "layer")
        if not problems:
            layer = Layer(folder, document.data["level"], document.data["name"], document)
            problems = _misfits(layer, layers, seen)
        if problems:
            return [], problems
        layers.append(layer)
        seen.append(folder.resolve())
        below, problems = _below(layer, environment, home if folder is root and home else folder)
        if below is None:
            return [], problems
        folder = below


def _misfits(layer: Layer, above: list[Layer], seen: list[Path]) -> list[Problem]:
    """Return what is wrong with a layer under those above it."""
    assert layer.document is not None
    if layer.root.resolve() in seen or len(above) >= MAXIMUM:
        message = "这几层绕成了圈，或者太多：请检查每一层的 extends"
        return [layer.document.problem(("extends",), "layer.extends", message)]
    if layer.root.resolve() == _resolved(personal_folder()) and layer.level != "个人":
        message = "个人设置文件夹里的话术库只能是个人层（level: 个人）"
        return [layer.document.problem(("level",), "layer.order", message)]
    if above and above[-1].rank < layer.rank and (upper := above[-1].document) is not None:
        message = f"{above[-1].level}层不能放在{layer.level}层「{layer.name}」的上面：次序是{'、'.join(LEVELS)}"
        return [upper.problem(("level",), "layer.order", message)]
    return []


def _resolved(path: Path | None) -> Path | None:
    return path.resolve() if path is not None else None


def _below(layer: Layer, environment: Mapping[str, str], home: Path) -> tuple[Path | None, list[Problem]]:
    """Return the folder of the library that a layer stands on."""
    assert layer.document is not None
    named: str = layer.document.data.get("extends", "")
    where = ("extends",)
    if layer.root.resolve() == _resolved(personal_folder()):
        if named:
            message = "个人设置文件夹里的不写 extends：它总在 CSBOT_LIBRARY 指定的话术库上面，没有指定就在内置的上面"
            return None, [layer.document.problem(where, "layer.extends", message)]
        named = str(Path(environment.get(ENVIRONMENT_VARIABLE, "") or BUILT_IN))
        home = Path.cwd()
    if not named:
        message = "请写明下面是哪个话术库：extends: 内置，或 extends: 文件夹"
        return None, [layer.document.problem((), "layer.extends", message)]
    if named == BUILT_IN:
        return built_in(), []
    try:
        folder = (home / Path(named).expanduser()).resolve()
        found = (folder / MARKER).is_file() or is_layer(folder)
    except (OSError, ValueError, RuntimeError):  # an impossible name, 「~nobody」
        folder, found = home / named, False
    if not found:
        hint = f"，是不是「{BUILT_IN}」？" if len(named) == len(BUILT_IN) and {*named} & {*BUILT_IN} else ""
        message = f"「{named}」不是话术库：{shown_path(folder)} 里没有 {MARKER} 或 {LAYER}{hint}"
        return None, [layer.document.problem(where, "layer.extends", message)]
    return folder, []


def layers_of(root: Path) -> list[Layer]:
    """Return the layers of a library, the lowest first. Raises LibraryError where a layer.yaml is wrong."""
    layers, problems = stack_of(root)
    if problems:
        raise LibraryError(problems)
    return layers
