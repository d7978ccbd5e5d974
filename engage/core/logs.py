"""Logs: one JSON line an event, on standard error; plain tracebacks, no values of statements, no personal data."""

from __future__ import annotations

import sys

import structlog


def configure() -> None:
    """Set structlog up for the process. Without it a traceback is drawn with every local value, slowly and in full."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
