"""What a desk holds: the agent, the customers, the library, what is kept; nothing here answers anybody."""
