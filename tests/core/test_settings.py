"""Settings: read from the environment once, frozen, and each wrong one said in a sentence."""

from __future__ import annotations

import os
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from engage.config import Settings, WrongSetting, load_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ENGAGE_")]:
        monkeypatch.delenv(name)


def test_what_is_not_set_or_empty_has_its_plain_value(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BASE_URL", "REDIS_URL", "TRUSTED_PROXIES", "DATA_DIR"):
        monkeypatch.setenv(f"ENGAGE_{name}", "")
    assert load_settings() == Settings(
        data_dir=Path("instance").resolve(),
        base_url="http://127.0.0.1:8000",
        mail_from="engage <engage@localhost>",
        trusted_proxies=0,
    )


def test_the_environment_is_read_and_what_is_given_goes_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGE_DATA_DIR", "~/engage")
    monkeypatch.setenv("ENGAGE_BASE_URL", "https://engage.example.org:8443/")
    monkeypatch.setenv("ENGAGE_TRUSTED_PROXIES", " 2 ")
    monkeypatch.setenv("ENGAGE_DATABASE_URL", "postgresql://engage@db/engage")
    monkeypatch.setenv("ENGAGE_NO_SUCH_THING", "1")
    found = load_settings(redis_url="redis://cache/0")
    assert found == Settings(
        data_dir=Path.home() / "engage",
        base_url="https://engage.example.org:8443",
        database_url="postgresql://engage@db/engage",
        trusted_proxies=2,
        redis_url="redis://cache/0",
    )
    assert (found.host, found.secure) == ("engage.example.org:8443", True)
    assert found.database == "postgresql+psycopg://engage@db/engage"
    assert load_settings(database_url="").database == f"sqlite:///{Path.home()}/engage/engage.sqlite3"


def test_no_environment_makes_a_demonstration_or_switches_the_guards_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGE_DEMO", "1")
    monkeypatch.setenv("ENGAGE_TESTING", "1")
    assert (load_settings().demo, load_settings().testing) == (False, False)
    assert load_settings(demo=True).demo


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BASE_URL", "engage.example.org", "must be the site's address, as in https://engage.example.org."),
        (
            "BASE_URL",
            "https://engage.example.org/here",
            "must be the site's address, as in https://engage.example.org.",
        ),
        ("BASE_URL", "https://[engage", "must be the site's address, as in https://engage.example.org."),
        ("SMTP_URL", "mail.example.org:587", "must look like smtp://user:pass@host:587?starttls=1."),
        ("DATABASE_URL", "mysql://db", "must begin with sqlite:/// or postgresql://."),
        ("TRUSTED_PROXIES", "one", "must be a whole number from 0 to 10."),
        ("TRUSTED_PROXIES", "11", "must be a whole number from 0 to 10."),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"ENGAGE_{name}", value)
    with pytest.raises(WrongSetting) as refused:
        load_settings()
    assert str(refused.value) == f"ENGAGE_{name} {told}"


def test_all_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGE_SMTP_URL", "x")
    monkeypatch.setenv("ENGAGE_DATABASE_URL", "y")
    with pytest.raises(WrongSetting, match=r"ENGAGE_SMTP_URL .*; ENGAGE_DATABASE_URL .*"):
        load_settings()


def test_a_setting_does_not_change(tmp_path: Path) -> None:
    with pytest.raises(FrozenInstanceError):
        Settings(data_dir=tmp_path).base_url = "https://elsewhere.example"  # type: ignore[misc]


def test_the_site_makes_its_own_key_once_and_refuses_a_short_one(tmp_path: Path) -> None:
    made = Settings(data_dir=tmp_path).secret()
    assert len(made) >= 32
    assert Settings(data_dir=tmp_path).secret() == made
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(WrongSetting, match="at least 32 random characters"):
        Settings(data_dir=tmp_path, secret_key="short").secret()
