"""Replying: choose a variant, fill its slots, compose, and guard what comes out."""
