"""Settings: frozen, from the environment; a missing or wrong one stops the start with a sentence."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class WrongSetting(RuntimeError):
    """The configuration cannot serve; the message says which setting, why and the cure."""


class Settings(BaseSettings):
    """All that a deployment may choose. Names are `ENGAGE_` + the field in capitals."""

    model_config = SettingsConfigDict(env_prefix="ENGAGE_", frozen=True, extra="ignore")

    data_dir: Path = Path("instance")
    database_url: str = ""
    base_url: str = "http://127.0.0.1:8000"
    secret_key: str = ""
    smtp_url: str = ""
    mail_from: str = "engage <engage@localhost>"
    redis_url: str = ""
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    demo: bool = False
    """Set by `engage demo` only: shows `/demo/mail` and how to sign in as each role."""
    testing: bool = False

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("base_url")
    @classmethod
    def _base(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError("must be the site's address, as in https://engage.example.org")
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in {"smtp", "smtps"} or not urlsplit(value).hostname):
            raise ValueError("must look like smtp://user:pass@host:587?starttls=1")
        return value

    @model_validator(mode="after")
    def _database(self) -> Settings:
        if self.database_url and not self.database_url.startswith(
            ("sqlite:///", "postgresql://", "postgresql+psycopg://")
        ):
            raise ValueError("ENGAGE_DATABASE_URL must begin with sqlite:/// or postgresql://")
        return self

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
    import os  # noqa: PLC0415 -- only when the key is first made

    return os.open(path, flags, 0o600)


def load_settings(**overrides: object) -> Settings:
    """Read the environment. Raises `WrongSetting` with one sentence per wrong setting."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as wrong:
        told = "; ".join(
            f"ENGAGE_{'_'.join(str(p) for p in e['loc']).upper() or 'settings'}: {e['msg']}" for e in wrong.errors()
        )
        raise WrongSetting(told) from wrong
