"""Measurements of csbot, beside its peers, on this machine. Nothing here asserts how fast a machine must be."""
