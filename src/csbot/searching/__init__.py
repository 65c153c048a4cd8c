"""Find a situation or a reply by a fragment, as an agent types it."""
