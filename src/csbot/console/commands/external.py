"""The agent's own editor, ``$VISUAL`` or ``$EDITOR``, for longer texts."""

from __future__ import annotations

from csbot.console.screen.quiet import as_before


class EditorError(Exception):
    """The editor could not be run, or left something that is no text; the message is in Chinese."""


def edit_outside(text: str) -> str | None:
    """Return a text as the agent saved it in an editor; None where nothing was saved.

    It lies in a temporary file that the agent alone may read (mode 0600) and that is removed afterwards, whatever
    happens. Raises EditorError.
    """
    import click

    try:
        with as_before():
            edited = click.edit(text)
    except click.ClickException as error:
        raise EditorError(f"编辑器没能打开或中途退出：{error.format_message()}（EDITOR 可以指定一个）") from error
    except (
        OSError,
        ValueError,
    ) as error:  # ValueError: bytes that are no UTF-8, or quotes in $EDITOR that do not close
        raise EditorError(f"编辑器里的文字读不出来：{error}") from error
    return edited.strip() if edited is not None else None
