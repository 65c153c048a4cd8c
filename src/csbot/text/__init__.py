"""Text: normalisation with an offset map, sentence and clause spans, tokens."""
