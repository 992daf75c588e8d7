"""Reads a page as tests need it: its elements with their attributes and the text inside them, by Python's own parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_APART = {"td", "th", "dt", "dd", "p", "li", "h1", "h2", "h3", "h4", "blockquote", "figcaption", "caption", "option"}
_VOID = {"meta", "link", "img", "wbr", "br"}


@dataclass
class Element:
    """One element; ``parts`` are its texts and children in order."""

    tag: str
    attributes: dict[str, str]
    parts: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """The element and everything inside it, in the order of the page."""
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part.walk()

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Elements inside by tag and attributes; ``class_`` matches one of several classes."""
        def fits(one: Element) -> bool:
            return tag in ("", one.tag) and all(
                value in one.attributes.get("class", "").split() if name == "class_"
                else one.attributes.get(name.replace("_", "-")) == value
                for name, value in attributes.items()
            )

        return [one for one in self.walk() if one is not self and fits(one)]

    def one(self, tag: str = "", **attributes: str) -> Element:
        """The only such element."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements {tag} {attributes}"
        return found[0]

    @property
    def text(self) -> str:
        """All text inside, as it stands."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    @property
    def line(self) -> str:
        """All text inside, in one line; cells, terms and paragraphs stand apart as they do on the page."""
        return " ".join(self._spaced().split())

    def _spaced(self) -> str:
        inside = "".join(part if isinstance(part, str) else part._spaced() for part in self.parts)
        return f" {inside} " if self.tag in _APART else inside


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"an attribute stands twice in <{tag}>"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].parts.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> ends <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


def read(page: bytes) -> Element:
    """The page, every element closed in its place."""
    reader = _Reader()
    reader.feed(page.decode("utf-8"))
    reader.close()
    assert reader.open == [reader.root], f"<{reader.open[-1].tag}> is not closed"
    return reader.root
