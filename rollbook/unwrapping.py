"""What a recorded answer may be wrapped in: packed, in another encoding, in a client's recorded session, line by line.

**Source**: the files of VCR.py and Betamax (``interactions``, ``http_interactions``), HAR 1.2
(http://www.softwareishard.com/blog/har-12-spec/), https://jsonlines.org, read 2026-11.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import json
import lzma
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO

from rollbook.bounds import Bounds
from rollbook.pages import refuse
from rollbook.types import Page

Reader = gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile
#: The largest file that is read as one page, packed or unpacked.
PAGE_BYTES = 256 * 1024 * 1024
#: How often a file may be packed in itself.
_LAYERS = 3
_PACKED: Mapping[bytes, Callable[[BytesIO], Reader]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file), b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile, b"\x5d\x00\x00": lzma.LZMAFile,
}
#: Packed in ways that the standard library does not undo.
_NOT_READ = {b"7z\xbc\xaf\x27\x1c": "7z", b"\x28\xb5\x2f\xfd": "zstd", b"Rar!": "rar"}
#: A session names itself before its first answer.
_SESSION_BYTES = 4096


def plain(page: Page) -> Page:
    """A file, or one of its answers, as it was before it was packed. **Raises** PageError: coding."""
    return _as_utf8(_unpacked(page))


def unwrapped(page: Page) -> list[Page]:
    """The answers that a file holds, mostly one: itself. Each may be packed once more: see ``plain``.

    **Raises** PageError: coding.
    """
    page = plain(page)
    return _session(page) or _lines(page) or [page]


# -- packed, or in another encoding ------------------------------------------------------------------------------


def _unpacked(page: Page) -> Page:
    for _ in range(_LAYERS):
        body = page.body
        for sign, name in _NOT_READ.items():
            if body.startswith(sign):
                raise refuse(page, "coding", f"the file is packed by {name}, which is not read: unpack it first")
        opener = next((opener for sign, opener in _PACKED.items() if body.startswith(sign)), None)
        if opener is None:
            break
        bounds = Bounds()
        limit = min(PAGE_BYTES, max(bounds.free_bytes, len(body) * bounds.ratio))
        stream = opener(BytesIO(body))
        try:
            inner = stream.read(limit + 1)
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as err:
            raise refuse(page, "coding", f"the file is packed, and damaged: {err}") from err
        if len(inner) > limit:
            raise refuse(page, "coding", f"the file unpacks to more than {limit:,} bytes")
        page = replace(page, body=inner)
    return page


def _as_utf8(page: Page) -> Page:
    """JSON that was saved as UTF-16 or UTF-32 in the encoding that JSON has; what else there is stays as it is."""
    encoding = json.detect_encoding(page.body[:4])
    if not encoding.startswith(("utf-16", "utf-32")):
        return page
    try:
        text = page.body.decode(encoding)
    except UnicodeDecodeError:
        return page
    return replace(page, body=text.encode()) if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[") else page


# -- sessions ----------------------------------------------------------------------------------------------------


def _session(page: Page) -> list[Page]:
    """The answers of a recorded session in its order; none where the file is none."""
    head = page.body[:_SESSION_BYTES]
    if not (b'interactions"' in head or (b'"log"' in head and (b'"entries"' in page.body))):
        return []
    top = _json(page.body)
    if not isinstance(top, dict):
        return []
    log = top.get("log")
    listed = top.get("interactions") or top.get("http_interactions") or (
        log.get("entries") if isinstance(log, dict) else None)
    found = [_answer(page, entry) for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    return [answer for answer in found if answer is not None]


def _answer(page: Page, entry: Mapping[str, object]) -> Page | None:
    asked, given = entry.get("request"), entry.get("response")
    if not isinstance(asked, dict) or not isinstance(given, dict):
        return None
    held = given.get("body") if "body" in given else given.get("content")
    body = _bytes(held) if isinstance(held, dict) else None
    if body is None:
        return None
    status = given.get("status")
    code = status.get("code") if isinstance(status, dict) else status
    url = asked.get("uri") or asked.get("url")
    return replace(
        page, body=body, url=url if isinstance(url, str) and url else page.url,
        status=code if isinstance(code, int) else 200,
    )


def _bytes(held: Mapping[str, object]) -> bytes | None:
    """A body as text, or in Base64 where it is none."""
    packed = held.get("base64_string") or (held.get("text") if held.get("encoding") == "base64" else None)
    if isinstance(packed, str):
        try:
            return base64.b64decode(packed)
        except ValueError:
            return None
    text = held.get("string", held.get("text"))
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else None


def _lines(page: Page) -> list[Page]:
    """The lines of a file of which each is JSON by itself; none where it is another."""
    body = page.body.removeprefix(b"\xef\xbb\xbf").strip()
    if not isinstance(_json(body.partition(b"\n")[0]), (dict, list)):
        return []
    lines = [line for line in body.splitlines() if line.strip()]
    if len(lines) < 2 or not all(isinstance(_json(line), (dict, list)) for line in lines[:2]):
        return []
    return [replace(page, body=line) for line in lines]


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
