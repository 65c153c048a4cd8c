"""Files held against the forbidden rules: findings, what sets them aside, and what a change adds."""
