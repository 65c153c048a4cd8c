"""Tests that trainers write, what an edit changes against a revision, and that change told in words."""
