"""Checks over a library that is well-formed: does it say what it must, and nothing that it must not?"""
