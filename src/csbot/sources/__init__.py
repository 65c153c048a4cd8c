"""Files as passages: the agent-side text of a file, and the way back from each character to its place."""
