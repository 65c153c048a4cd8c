"""What the agent sees: lines that fit, looks, and all that is printed."""
