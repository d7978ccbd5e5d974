"""`engage serve` without the executor beside it: what is queued stays queued, so that queueing alone is measured."""

from __future__ import annotations

import sys

from engage.cli import main
from engage.core.worker import Worker

if __name__ == "__main__":
    Worker.start = lambda _self: None  # type: ignore[method-assign]
    sys.argv.insert(1, "serve")
    main()
