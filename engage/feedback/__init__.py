"""Feedback forms, anonymous answers, and what they led to."""
