"""Interest in theme groups: double opt-in, told at once, leave in one click."""
