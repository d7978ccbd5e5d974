"""engage: convene people, record what was agreed, and show whether it was kept."""

__version__ = "0.1.0"
