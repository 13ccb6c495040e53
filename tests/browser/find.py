"""Find a Chromium on this machine; run as a module it prints the path, or fails."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return the path of an installed Chromium, or of Playwright's own; None if there is neither."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as playwright:
            own = playwright.chromium.executable_path
    except Error:
        return None
    return own if Path(own).is_file() else None


if __name__ == "__main__":
    found = find_chromium()
    sys.stdout.write(f"{found or 'no Chromium found'}\n")
    sys.exit(0 if found else 1)
