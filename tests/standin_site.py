"""A stand-in web site for tests: real HTTP on loopback, pages and robots as a test writes them, faults on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.serving import serving

Answer = tuple[int, bytes, dict[str, str]]


@dataclass
class StandInSite:
    """What the site has now; whatever it does not have is 404. It refuses what no polite reader sends."""

    base: str = ""
    answers: dict[str, Answer | Callable[[dict[str, str]], Answer]] = field(default_factory=dict)
    #: Path and query of every request, in order.
    asked: list[str] = field(default_factory=list)
    #: What a request was that should not have been.
    rude: list[str] = field(default_factory=list)

    def page(self, path: str, words: str, *, title: str = "", head: str = "", around: str = "", **headers: str) -> None:
        """Puts a page there, with a navigation and a footer around its words."""
        html = (
            f'<!doctype html><html lang="en-US"><head><meta charset="utf-8"><title>{title or path}</title>{head}</head>'
            f'<body><nav><ul><li><a href="/">Home</a></li><li>Menu</li></ul></nav>{around}<main>{words}</main>'
            "<footer>Lincoln School, 1 Elm Street</footer></body></html>"
        )
        self.put(path, html.encode(), **headers)

    def put(self, path: str, body: bytes, status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        names = {name.replace("_", "-").title(): value for name, value in headers.items()}
        self.answers[path] = (status, body, {"Content-Type": kind, **names})

    def move(self, path: str, target: str, status: int = 301) -> None:
        self.answers[path] = (status, b"", {"Location": target})

    def robots(self, text: str, status: int = 200) -> None:
        self.put("/robots.txt", text.encode(), status, "text/plain")

    def sitemap(self, *paths: str, at: str = "/sitemap.xml", changed: str = "") -> None:
        self.put(at, sitemap(*(f"{self.base}{path}" for path in paths), changed=changed), kind="application/xml")

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        self.asked.append(path)
        if not headers.get("user-agent", "").startswith("Rollbook/"):
            self.rude.append(f"{path}: under another name")
        if headers.get("cookie"):
            self.rude.append(f"{path}: with a cookie")
        found = self.answers.get(path, (404, b"<html><title>Not found</title></html>", {"Content-Type": "text/html"}))
        status, body, told = found(headers) if callable(found) else found
        etag, modified = told.get("Etag", ""), told.get("Last-Modified", "")
        asked_by = headers.get("if-none-match", "") or headers.get("if-modified-since", "")
        if status == 200 and asked_by and asked_by in (etag, modified):
            return 304, b"", told
        return status, body, told


def sitemap(*urls: str, changed: str = "", root: str = "urlset", item: str = "url") -> bytes:
    said = f"<lastmod>{changed}</lastmod>" if changed else ""
    listed = "".join(f"<{item}><loc>{url}</loc>{said}</{item}>" for url in urls)
    return f'<?xml version="1.0"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</{root}>'.encode()


@contextmanager
def serve() -> Iterator[StandInSite]:
    """Serves a site until the caller is done with it."""
    site = StandInSite()
    with serving(lambda asked: site.answer(asked.target, asked.headers)) as site.base:
        yield site
    assert not site.rude
