"""Where a text may hold any of many phrases: their anchors, in tables that take little memory."""
