"""The Chromium of browser tests and screenshot: `python -m scripts.browser` prints its path."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first draws pages alone: a test takes it half the processor time, for it has no windows."""
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser() -> str | None:
    """Return the path of the browser that `CHROMIUM` names, else of one that is installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def launch(playwright: Playwright, path: str) -> Browser:
    """Start that browser without a window, and without anything of its own on the network."""
    return playwright.chromium.launch(executable_path=path, headless=True, args=_ARGUMENTS)


if __name__ == "__main__":
    browser = find_browser()
    print(browser or "There is no Chromium.")
    sys.exit(0 if browser else 1)
