"""Invitations, registrations, the waiting list and check-in."""
