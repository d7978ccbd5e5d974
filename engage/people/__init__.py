"""Persons, their addresses and affiliations, and organisations."""
