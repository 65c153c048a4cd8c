"""One process that serves the console to many agents over SSH."""
