"""Rate limits: in memory on one process, in Redis across several; each process for itself while Redis is gone."""

from __future__ import annotations

import time

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, strategy="moving-window", in_memory_fallback_enabled=True)


def seconds_left() -> int:
    """How long the client whose request was refused has to wait, by the limit that refused it (RFC 9110, 10.2.3)."""
    limit = limiter.current_limit
    return max(1, limit.reset_at - int(time.time())) if limit else 60
