"""What makes a place a hit, and what around it spares it."""
