"""Measurements and experiments: `python -m benchmarks…`; not part of the product."""
