"""Experiments that must hold (docs/decisions): run whole from here, reduced in the tests."""
