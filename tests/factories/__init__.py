"""Valid things, made by the service functions."""
