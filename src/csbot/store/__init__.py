"""What csbot keeps on disk about an agent's own work: promises and habits. Each store takes its path and its clock."""
