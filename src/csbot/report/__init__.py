"""Reporters: findings in files as text or JSON."""
