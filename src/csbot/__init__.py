"""csbot: from a customer's message to an approved, compliant reply."""

__version__ = "0.1.0"
