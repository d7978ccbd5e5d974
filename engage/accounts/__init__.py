"""Users, sign-in by one-time link, revocable sessions, roles per programme."""
