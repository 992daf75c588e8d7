"""A real browser and axe-core for the pages: Debian's Chromium driven by Playwright, axe from npm, pinned by hash.

What is missing is installed into the machine (as root) and the user's cache. Without root the tests skip, saying what
to install; where ``CI`` is set they fail instead.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from reports.html_page import render

from .hostile import hostile_report
from .invented_week import empty_report, period_report

AXE = "4.14.1"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rollbook-test-browser"
#: No connection of the browser's own: updates, look-ups, measurements. **Source**: peter.sh/experiments and trial here.
QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-default-apps", "--disable-domain-reliability",
)


def missing(what: str, why: str) -> None:
    """Ends the test: a failure where continuous integration runs, a skip with its reason at a desk."""
    told = f"{what} is missing: {why}"
    if os.environ.get("CI"):
        pytest.fail(told)
    pytest.skip(told)


def run(*command: str) -> None:
    """Runs an installer. **Raises** CalledProcessError, OSError."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, check=True, capture_output=True, timeout=900, env=quiet)


def install(*packages: str) -> None:
    """Debian packages, where this user may."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        missing(packages[0], f"as root: apt-get install {' '.join(packages)}")
    try:
        run("apt-get", "-qq", "update")
        run("apt-get", "-qq", "-y", "install", "--no-install-recommends", *packages)
    except (OSError, subprocess.SubprocessError) as err:
        missing(packages[0], f"it could not be installed: {err}")


@contextmanager
def alone() -> Iterator[None]:
    """Keeps several test processes from installing at once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    with alone():
        if not any(map(shutil.which, names)):
            install("chromium", "fonts-dejavu-core")
    return next(path for path in map(shutil.which, names) if path)


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    file = CACHE / "node_modules/axe-core/axe.min.js"
    with alone():
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != AXE_SHA256:
            if not shutil.which("npm"):
                install("nodejs", "npm")
            try:
                run("npm", "install", "--prefix", str(CACHE), "--no-save", "--ignore-scripts", "--no-audit", "--no-fund",
                    f"axe-core@{AXE}")
            except (OSError, subprocess.SubprocessError) as err:
                missing("axe-core", f"npm could not install it: {err}")
    source = file.read_bytes()
    assert hashlib.sha256(source).hexdigest() == AXE_SHA256, f"{file} is not axe-core {AXE}"
    return source.decode("utf-8")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for the session."""
    flags = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield started
        started.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The three reports as files: an ordinary week, an empty archive, hostile texts."""
    folder = tmp_path_factory.mktemp("pages")
    made = {"week": period_report(), "empty": empty_report(), "hostile": hostile_report()}
    for name, report in made.items():
        (folder / f"{name}.html").write_bytes(render(report))
    return {name: folder / f"{name}.html" for name in made}


Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, pages: dict[str, Path]) -> Iterator[Open]:
    """Opens a report in a window of its own; whatever it asks the network for, or says to a person, fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(name: str, *, width: int = 1280, height: int = 900, **settings: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        file = pages[name].as_uri()
        page.on("request", lambda request: wrong.append(request.url) if request.url.partition("#")[0] != file
                and not request.url.startswith("data:") else None)
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(file)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong
