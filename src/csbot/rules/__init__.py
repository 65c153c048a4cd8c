"""Phrase rules: one engine for what must not be said and for what must be."""
