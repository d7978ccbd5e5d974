"""Rate limits: in memory on one process, in Redis across several; each process for itself while Redis is gone."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, strategy="moving-window", in_memory_fallback_enabled=True)
