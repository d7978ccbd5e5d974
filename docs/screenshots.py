"""Takes the pictures of the README from a running demonstration, with Debian's Chromium.

    .venv/bin/python docs/screenshots.py        # after `python3 -m engage test` has installed the development tools

Writes docs/screenshots/*.png. Set ENGAGE_DATA_DIR to keep the demonstration between runs.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = Path(__file__).resolve().parent / "screenshots"
MOST_BYTES = 250 * 1024
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
STAFF = re.compile(r"Convenor, Housing.*\s(\S+@\S+)")


@dataclass(frozen=True)
class Shot:
    """One picture: `name` of the file, the address, how wide and high the window is, and how it is looked at."""

    name: str
    path: str
    width: int = 1280
    height: int = 1000
    scheme: str = "light"
    staff: bool = False


SHOTS = (
    Shot("home", "/"),
    Shot("programme", "/programmes/health-and-care-statistics", height=1200),
    Shot("event", "/events/health-statistics-round-table-2", height=1200),
    Shot("theme-dark", "/themes/mental-health", scheme="dark", height=1200),
    Shot("theme-phone", "/themes/mental-health", width=360, height=780),
    Shot("action-phone", "/actions/HCS-A12", width=360, height=780),
    Shot("desk", "/desk", staff=True),
    Shot("record", "/manage/events/workshop-measuring-crowding/record", staff=True, height=1200),
)


def main() -> None:
    OUT.mkdir(exist_ok=True)
    with demonstration() as (base, staff), sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=os.environ.get("ENGAGE_TEST_CHROMIUM") or shutil.which("chromium"), args=list(CHROMIUM)
        )
        cookies = signed_in(browser, base, staff)
        for shot in SHOTS:
            take(browser, base, shot, cookies if shot.staff else [])
        browser.close()


@contextmanager
def demonstration() -> Iterator[tuple[str, str]]:
    """A demonstration of its own; its address, and that of somebody who can sign in."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {"ENGAGE_DATA_DIR": folder, **os.environ, "PYTHONUNBUFFERED": "1"}
        line = [sys.executable, "-m", "engage", "demo", "--port", str(port)]
        process = subprocess.Popen(  # noqa: S603 -- our own Python
            line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            base = staff = ""
            for said in process.stdout or ():
                base = base or (said.partition("Ready: ")[2].strip())
                if found := STAFF.search(said):
                    staff = found[1]
                if base and staff:
                    break
            if not staff:
                raise SystemExit("the demonstration did not start")
            yield base, staff
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def signed_in(browser: Browser, base: str, address: str) -> list[dict[str, object]]:
    """Sign in as people do: ask for a link, read it in the demonstration's mail, press the button. The cookies."""
    context = browser.new_context(base_url=base, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/demo/mail")
    letters = page.locator("main a[href^='/demo/mail/']")
    before = letters.first.get_attribute("href") if letters.count() else ""
    page.goto("/sign-in")
    page.locator("input[type=email]").fill(address)
    page.locator("main form button").first.click()
    page.goto("/demo/mail")
    while not letters.count() or letters.first.get_attribute("href") == before:
        page.wait_for_timeout(500)
        page.reload()
    page.goto(letters.first.get_attribute("href") or "")
    link = re.search(r"https?://\S+/sign-in/[\w-]+", page.locator("main").inner_text())
    if link is None:
        raise SystemExit("the newest mail holds no sign-in link")
    page.goto(urlsplit(link[0]).path)
    page.locator("main form button").first.click()
    cookies: list[dict[str, object]] = [dict(cookie) for cookie in context.cookies()]
    context.close()
    return cookies


def take(browser: Browser, base: str, shot: Shot, cookies: list[dict[str, object]]) -> None:
    context = browser.new_context(
        base_url=base,
        viewport={"width": shot.width, "height": shot.height},
        color_scheme=shot.scheme,  # type: ignore[arg-type]
        locale="en-GB",
        device_scale_factor=1.5 if shot.width < 500 else 1,
    )
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(shot.path)
    page.evaluate("document.fonts.ready")
    save(page.screenshot(), OUT / f"{shot.name}.png")
    context.close()


def save(taken: bytes, path: Path) -> None:
    """As few colours as keep it under the limit, so that the repository stays small."""
    whole = Image.open(io.BytesIO(taken)).convert("RGB")
    for colours in (256, 128, 64):
        packed = io.BytesIO()
        whole.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            packed, "PNG", optimize=True
        )
        if packed.tell() < MOST_BYTES:
            break
    path.write_bytes(packed.getvalue())
    print(f"{path.name}: {packed.tell() / 1024:.0f} KB, {colours} colours")


if __name__ == "__main__":
    main()
