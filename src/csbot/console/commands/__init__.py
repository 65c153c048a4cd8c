"""What an agent can tell the console to do, and what each line means."""
