"""Settings: frozen, from the environment; a missing or wrong one stops the start with a sentence.

Plain dataclasses: pydantic takes a sixteenth of the cold start and 9 MB of each web process (only the demonstration's
loader needs it).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "ENGAGE_"
MOST_PROXIES = 10
STORES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")


class WrongSetting(RuntimeError):
    """The configuration cannot serve; the message says which setting, why and the cure."""


@dataclass(frozen=True, kw_only=True, repr=False)  # it would show passwords
class Settings:
    """All that a deployment may choose. Names are `ENGAGE_` + the field in capitals. Raises `WrongSetting`."""

    data_dir: Path = Path("instance")
    database_url: str = ""
    base_url: str = "http://127.0.0.1:8000"
    secret_key: str = ""
    smtp_url: str = ""
    mail_from: str = "engage <engage@localhost>"
    redis_url: str = ""
    trusted_proxies: int = 0
    demo: bool = False
    """Set by `engage demo` only: shows `/demo/mail` and how to sign in as each role."""
    testing: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "data_dir", Path(self.data_dir).expanduser().resolve())
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))
        if wrong := [f"{PREFIX}{name} {why}" for name, why in self._wrong()]:
            raise WrongSetting("; ".join(wrong))

    def _wrong(self) -> Iterator[tuple[str, str]]:
        base = _parts(self.base_url)
        if base is None or base[0] not in {"http", "https"} or base[2]:
            yield "BASE_URL", "must be the site's address, as in https://engage.example.org."
        smtp = _parts(self.smtp_url)
        if self.smtp_url and (smtp is None or smtp[0] not in {"smtp", "smtps"}):
            yield "SMTP_URL", "must look like smtp://user:pass@host:587?starttls=1."
        if self.database_url and not self.database_url.startswith(STORES):
            yield "DATABASE_URL", "must begin with sqlite:/// or postgresql://."
        if not 0 <= self.trusted_proxies <= MOST_PROXIES:
            yield "TRUSTED_PROXIES", f"must be a whole number from 0 to {MOST_PROXIES}."

    @property
    def database(self) -> str:
        """SQLAlchemy's address of the store; SQLite under the data folder unless set."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'engage.sqlite3'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def host(self) -> str:
        """The one host name (with port) that requests may name."""
        return urlsplit(self.base_url).netloc

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    def secret(self) -> str:
        """The site's key: as set, or generated once under the data folder (mode 0600)."""
        if self.secret_key:
            if len(self.secret_key) < 32:
                raise WrongSetting("ENGAGE_SECRET_KEY is too short: use at least 32 random characters.")
            return self.secret_key
        path = self.data_dir / "secret_key"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with open(path, "x", encoding="ascii", opener=_private) as new:
                new.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return path.read_text(encoding="ascii").strip()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def load_settings(**given: Any) -> Settings:
    """What is given, and the rest from the environment, where an empty value counts as none.

    Raises `WrongSetting`, which names every wrong setting with its cure.
    """
    read: dict[str, Any] = {
        field.name: value for field in fields(Settings) if (value := os.environ.get(PREFIX + field.name.upper()))
    }
    known = {**read, **given}
    for switch in ("demo", "testing"):
        known[switch] = given.get(switch, False)  # of a process, never of its environment
    proxies = str(known.get("trusted_proxies", 0)).strip()
    known["trusted_proxies"] = int(proxies) if proxies.isdecimal() else -1
    return Settings(**known)


def _parts(address: str) -> tuple[str, str, str] | None:
    """Scheme, host and path of an address; None where it has no host or cannot be read."""
    try:
        parts = urlsplit(address)
        return (parts.scheme, parts.hostname, parts.path) if parts.hostname else None
    except ValueError:
        return None
