"""The line that an agent types in: its editor, keys, completion, marks, history, and the plainest of terminals."""
