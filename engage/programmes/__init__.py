"""Programmes: what a body convenes people for, over years."""
