"""The demonstration: its story as data, and the loader that tells it through the services."""
