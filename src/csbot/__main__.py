"""``python -m csbot``."""

from csbot.cli import main

main()
