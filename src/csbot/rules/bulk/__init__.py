"""How long texts are read: a first look at a million characters at a time, with tables and one automaton."""
