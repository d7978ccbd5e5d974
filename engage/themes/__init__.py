"""Theme groups, who leads them and when, and what they plan."""
