"""`python3 -m engage COMMAND`: in a checkout, set up first; then the same commands as the installed `engage`.

Standard library only, and readable by any Python 3, so that an old one gets a sentence and not a traceback.
"""

from __future__ import annotations

import sys

OLDEST = (3, 11)


def main() -> None:
    if sys.version_info < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        sys.exit(f"engage: this needs Python {wanted} or newer; this is {sys.version.split()[0]}.")
    from engage import bootstrap

    if bootstrap.in_checkout():
        bootstrap.prepare(sys.argv[1:])
    from engage.cli import main as command

    command()


if __name__ == "__main__":
    main()
