"""Which layers of the library a reply comes from."""

from __future__ import annotations

from csbot.library.models import Library
from csbot.replying.response import Variant


def layers_of_variant(library: Library, variant: Variant) -> list[str]:
    """Return the titles of the layers that the parts of a reply come from; empty in a library without layers."""
    parts = zip(variant.intents, variant.indexes, strict=True)
    layers = (library.layer_of_reply(intent, index) for intent, index in parts)
    return list(dict.fromkeys(layer.title for layer in layers if layer is not None))
