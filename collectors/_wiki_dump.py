"""The pages that a wiki's own export (Special:Export, a dump) holds, in the shape of its action API.

**Source**: https://www.mediawiki.org/xml/export-0.11.xsd and its forerunners since 0.3, read 2026-11.
"""

from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree as ET

from rollbook.pages import refuse
from rollbook.types import Page

#: How deep a dump is nested: mediawiki, page, revision, contributor, username.
_DEPTH = 20


def is_dump(page: Page) -> bool:
    """Whether a file is such an export."""
    return b"<mediawiki" in page.body[:2000].replace(b"\x00", b"")


def dumped(page: Page) -> list[dict[str, object]]:
    """Its pages with all their revisions, oldest first. **Raises** PageError: not-xml."""
    plain = page.body.replace(b"\x00", b"") if b"\x00" in page.body else page.body  # UTF-16
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise refuse(page, "not-xml", "declares a document type, as no wiki's export does")
    pages: list[dict[str, object]] = []
    depth = 0
    try:
        # What makes XML dangerous are entities of its own: without a document type it has none.
        for event, element in ET.iterparse(BytesIO(page.body), ("start", "end")):  # noqa: S314
            depth += 1 if event == "start" else -1
            if depth > _DEPTH:
                raise refuse(page, "not-xml", f"is nested more than {_DEPTH} deep")
            if event == "end" and _name(element) == "page":
                pages.append(_page(element))
                element.clear()
    except (ET.ParseError, ValueError, LookupError) as err:  # an encoding that is unknown
        if not pages:
            raise refuse(page, "not-xml", f"is no XML: {err}") from err
        pages.append({"title": f"what follows ({err})"})  # marked as a page without revisions
    return pages


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: ET.Element, name: str) -> ET.Element | None:
    return next((child for child in element if _name(child) == name), None)


def _words(element: ET.Element | None, name: str) -> str:
    found = _child(element, name) if element is not None else None
    return (found.text or "") if found is not None else ""


def _page(element: ET.Element) -> dict[str, object]:
    revisions = [child for child in element if _name(child) == "revision"]
    read: list[dict[str, object]] = []
    for revision in sorted(revisions, key=lambda revision: _words(revision, "timestamp")):
        # Formats before 0.7 do not say which revision was before: the next older one of the file.
        told = _number(_words(revision, "parentid"))
        read.append(_revision(revision, told if told is not None else (read[-1]["revid"] if read else 0)))
    return {"title": _words(element, "title"), "revisions": read}


def _revision(element: ET.Element, before: object) -> dict[str, object]:
    contributor, text = _child(element, "contributor"), _child(element, "text")
    hidden = text is None or text.get("deleted") is not None
    slot: dict[str, object] = {"texthidden": True} if hidden else {"content": _words(element, "text")}
    return {
        "revid": _number(_words(element, "id")), "parentid": before, "slots": {"main": slot},
        "user": _words(contributor, "username") or _words(contributor, "ip"),
        "userhidden": contributor is not None and contributor.get("deleted") is not None,
        "timestamp": _words(element, "timestamp"), "comment": _words(element, "comment"),
    }


def _number(words: str) -> int | None:
    return int(words) if words.isdecimal() and len(words) < 16 else None
