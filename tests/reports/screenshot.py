"""Draws the README's picture of the report: ``python -m tests.reports.screenshot [PAGE.html] [PICTURE.png]``.

Without a page, the invented week is drawn. Two places of the page one below the other: its head, and its first finding.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from reports.html_page import render

from .invented_week import period_report

WIDTH_PX, HEAD_PX, GAP_PX = 1180, 836, 24
PICTURE = Path("docs/images/report.png")


def draw(page: Path) -> Image.Image:
    """The picture of a page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        window = browser.new_page(viewport={"width": WIDTH_PX, "height": HEAD_PX}, color_scheme="light")
        window.goto(page.resolve().as_uri())
        head = window.screenshot()
        article = window.locator("article.finding").first
        article.scroll_into_view_if_needed()
        finding = article.screenshot()
        browser.close()
    above, below = (Image.open(io.BytesIO(part)).convert("RGB") for part in (head, finding))
    paper = above.getpixel((1, 1))
    assert isinstance(paper, tuple)
    whole = Image.new("RGB", (WIDTH_PX, HEAD_PX + GAP_PX + below.height + 2 * GAP_PX), paper)
    whole.paste(above, (0, 0))
    whole.paste((216, 210, 198), (0, HEAD_PX, WIDTH_PX, HEAD_PX + GAP_PX))
    whole.paste(below, (WIDTH_PX - below.width - 2 * GAP_PX, HEAD_PX + 2 * GAP_PX))
    return whole.quantize(128, dither=Image.Dither.NONE)


def main(page: str = "", picture: str = str(PICTURE)) -> None:
    """Draws and says where."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(page) if page else Path(folder) / "week.html"
        if not page:
            file.write_bytes(render(period_report()))
        Path(picture).parent.mkdir(parents=True, exist_ok=True)
        draw(file).save(picture, optimize=True)
    print(picture, f"{Path(picture).stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
