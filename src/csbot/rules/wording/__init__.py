"""How phrases and texts are written: rules as data, phrases as expressions, texts folded and reduced."""
