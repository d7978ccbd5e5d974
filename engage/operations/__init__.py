"""The administrator's pages: what the outbox holds and why, retry, health."""
