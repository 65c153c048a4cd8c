"""The library: YAML with positions → checked data → models; what is wrong with it, as problems."""
