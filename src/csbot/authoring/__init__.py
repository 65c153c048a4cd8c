"""New entries for a library: completed with what is usual, checked as a whole, and put where they belong."""
