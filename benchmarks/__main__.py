"""Measures what docs/benchmarks.md tells, on stores of its own, and prints the table. A few minutes; Linux only.

    python3 -m benchmarks [--seconds 2] [--postgres postgresql://…/DATABASE | --sqlite-only]

With PostgreSQL at hand (ENGAGE_TEST_POSTGRES_URL, or one that answers on 127.0.0.1) the same is measured there, in a
database of its own that is dropped afterwards.
"""

from __future__ import annotations

import os
import subprocess
import sys

from engage import bootstrap


def inside() -> None:
    """Go on in the checkout's own environment, set up first where need be, as the product's commands do."""
    if bootstrap.in_checkout() and not bootstrap._inside():
        subprocess.run([sys.executable, "-m", "engage", "assets"], check=True)
        python = str(bootstrap._python())
        os.execv(python, [python, "-m", "benchmarks", *sys.argv[1:]])


if __name__ == "__main__":
    inside()
    from benchmarks.run import main

    main()
