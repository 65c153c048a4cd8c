"""Spreadsheets: a library as tables that a trainer edits in Excel, and the way back into the YAML files."""
