"""The inbox of this user, opened for the commands that make use of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from csbot.commands.errors import InvalidInputError
from csbot.commands.options import moment
from csbot.store.database import StoreError, data_directory

if TYPE_CHECKING:
    from csbot.store.inbox import Inbox, Met

PATIENCE = 5.0  # seconds that a console that is writing is waited for


def named_library(ctx: click.Context, library: str | None) -> str | None:
    """Return the library that the sub-command or the listing before it was given."""
    named: str | None = library or (ctx.obj or {}).get("inbox_library")
    return named


@contextlib.contextmanager
def opened(ctx: click.Context, now: Any) -> Iterator[Inbox | None]:
    """Give the inbox, None where nothing is kept; trouble with the file leaves with exit code 2."""
    from csbot.store.inbox import FILE_NAME, Inbox

    folder = data_directory()
    if folder is None:
        yield None
        return
    at = moment(ctx, now or (ctx.obj or {}).get("inbox_now"))
    inbox = Inbox(folder / FILE_NAME, lambda: at, patience=PATIENCE)
    try:
        yield inbox
    except StoreError as error:
        raise InvalidInputError(f"csbot: {error}") from None
    finally:
        inbox.close()


def remover(inbox: Inbox, members: Sequence[Met]) -> Any:
    """Return what takes entries out once they have been made use of."""
    return lambda: inbox.remove([each.id for each in members])
