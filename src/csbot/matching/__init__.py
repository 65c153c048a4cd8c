"""Matching: from a normalised message to the situations it may be, with evidence that can be shown."""
