"""``csbot`` without a terminal: a customer message a line in, a JSON object a line out, in order."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS
from csbot.commands.options import open_library
from csbot.commands.output import to_json, without_mark, write_line
from csbot.replying.context import Context
from csbot.replying.responder import Responder


def answer_lines(library: str | None, now: datetime | None) -> int:
    """Answer every line of standard input and return the exit code.

    The lines are one conversation as far as wording goes (no reply is repeated while there is another), but
    what one line tells of a customer is not used for the next: they may be different people.
    """
    responder = Responder(open_library(click.get_current_context(), library))
    context = Context(now or datetime.now(), same_customer=False)
    code = EXIT_CLEAN
    for number, line in enumerate(sys.stdin):
        if now is None:
            context.now = datetime.now()
        message = without_mark(line) if number == 0 else line
        response = responder.respond(message.rstrip("\r\n"), context, limit=1)
        if response.best is not None:
            responder.remember(response.best, context)
        else:
            code = EXIT_FINDINGS
        write_line(to_json(response.as_dict()))
    return code
