"""How an expression is written so that it is not seen: by sound, look or initials, with words between, reordered."""
