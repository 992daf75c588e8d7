"""YouTube in an owner's Google Takeout: the public videos of a channel and its comments, and nothing else of it.

**Source**: exports of 2023 to 2026. Folders are named in the language of the Google account, and are known by their
stems; columns are read in English, and an export with others says what to do.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from collectors._youtube_resources import made, said
from rollbook.errors import CollectError, PageError
from rollbook.exports import Export, ExportFile, Portion
from rollbook.pages import Item, clean, read_each, read_json, read_time, refuse
from rollbook.types import Account, Page, Parsed, Post

_FOLDER = re.compile(r"(?:^|/)youtube[^/]*/", re.IGNORECASE)
_VIDEOS = re.compile(r"(?:^|/)youtube[^/]*/[^/]*m(?:e|é)tad(?:at|onn)[^/]*/v(?:i|í)d(?:e|é)o['’]?s?(?:\(\d+\))?\.csv$")
_COMMENTS = re.compile(
    r"(?:^|/)youtube[^/]*/(?:[^/]+/)?(?:comments?|kommentare?|comentarios?|commentaires?|coment(?:a|á)rios?|commenti)"
    r"(?:\(\d+\))?\.csv$"
)
_TAG = re.compile(r"(?:video )?tags?:? ?\d+")
#: Words for who may see a video that need no mention: everything else that is not "public" is told.
_NOT_PUBLIC = ("private", "unlisted")


# -- which parts of an export are read ---------------------------------------------------------------------------


def _recognises(names: frozenset[str]) -> bool:
    return any(_FOLDER.search(name) for name in names)


def _name_for(content: bytes) -> str:
    """The files of videos and of comments are told by their columns."""
    head = content[:2000].decode("utf-8", "replace").partition("\n")[0].casefold()
    if "comment id" in head and "comment text" in head:
        return "Takeout/YouTube/comments/comments.csv"
    return "Takeout/YouTube/video metadata/videos.csv" if "video id" in head and "video title" in head else ""


def _read(export: ExportFile, account: Account) -> Iterator[Portion]:
    """The public videos, then the comments that do not stand below one that is not public."""
    named = {unicodedata.normalize("NFC", name).casefold(): name for name in export.names}
    videos = [name for folded, name in sorted(named.items()) if _VIDEOS.search(folded)]
    comments = [name for folded, name in sorted(named.items()) if _COMMENTS.search(folded)]
    if not videos and not comments:
        problem = (
            "the export names its folders in a language that is not read: set the language of the Google account to "
            "English and ask for the export again, with video metadata and comments"
        )
        raise PageError(problem, account=account.key, place="export")
    channel = _channel(export, account, [*videos, *comments])
    context, hidden = {"channel_id": channel} if channel else {}, set[str]()
    for member in videos:
        yield Portion("export:videos", member, _public_videos(export, account, member, channel, hidden), context)
    if not videos:
        yield from _unread_comments(export, comments)
        return
    for member in comments:
        yield Portion("export:comments", member, _comments(export, account, member, channel, hidden), context)


def _channel(export: ExportFile, account: Account, members: list[str]) -> str:
    """The channel that is read. **Raises** CollectError (foreign-id) where the export has others, or several."""
    told = {
        channel for member in members for row in export.rows(member) if (channel := columns(row).get("channel id", ""))
    }
    if account.handle in told:
        return account.handle
    if account.handle.startswith("UC") or len(told) > 1:
        problem = f"the export is of the channel {' and '.join(sorted(told)) or 'of nobody'}; register one by its id"
        raise CollectError(problem, account=account.key, place="export", code="foreign-id")
    return next(iter(told), "")


def _public_videos(
    export: ExportFile, account: Account, member: str, channel: str, hidden: set[str]
) -> Iterator[object]:
    """The rows that say that they are public; how many say something that is not known. Fills ``hidden``."""
    left_out: Counter[str] = Counter()
    for row in export.rows(member):
        told = columns(row)
        _check(told, ("video id", "video title (original)", "privacy"), account, member)
        privacy, own = told["privacy"].casefold(), not channel or told.get("channel id", channel) == channel
        if privacy == "public":
            if own:
                yield dict(row)
            continue
        hidden.add(told["video id"])  # of the owner's other channels too: this one may have commented there
        left_out[told["privacy"] or "not said"] += own and privacy not in _NOT_PUBLIC
    told_of = ((count, f"videos whose privacy is {privacy}") for privacy, count in left_out.items() if count)
    yield from ({"left out": count, "what": what} for count, what in told_of)


def _comments(
    export: ExportFile, account: Account, member: str, channel: str, hidden: set[str]
) -> Iterator[object]:
    for row in export.rows(member):
        told = columns(row)
        _check(told, ("comment id", "comment text", "comment create timestamp"), account, member)
        if told.get("channel id", channel) in ("", channel) and told.get("video id", "") not in hidden:
            yield dict(row)


def _unread_comments(export: ExportFile, members: list[str]) -> Iterator[Portion]:
    """Tells how many comments are not read in, because nothing says which videos are public."""
    for member in members:
        count = sum(1 for _ in export.rows(member))
        if count:
            what = "comments, without the video metadata that would say which videos are public,"
            yield Portion("export:comments", member, [{"left out": count, "what": what}])


def _check(told: Mapping[str, str], due: Iterable[str], account: Account, member: str) -> None:
    missing = [name for name in due if name not in told]
    if missing:
        problem = (
            f"has no column {missing[0]!r}: set the language of the Google account to English and ask for the export "
            "again"
        )
        raise PageError(problem, account=account.key, place=member)


TAKEOUT = Export(_recognises, _read, name_for=_name_for)


# -- rows as posts -----------------------------------------------------------------------------------------------


def columns(row: Mapping[str, object]) -> dict[str, str]:
    """A row under the names of its columns in lower case: their capitals changed from one year to the next."""
    return {" ".join(name.casefold().split()): clean(str(value or "")).strip() for name, value in row.items()}


def parse_rows(page: Page) -> Parsed:
    """Reads the videos or comments of an export's page."""
    top = read_json(page)
    if not isinstance(top, list):
        raise refuse(page, "schema", "the page holds no rows of an export")
    return read_each(page, top, "rows", lambda item: _post(item, page))


def _post(item: Item, page: Page) -> Post:
    told = columns(item.data)
    if "left out" in told:
        raise item.refuse(f"{told['left out']} {told.get('what', 'rows')} were not read in", code="not-public")
    owner = page.context.get("channel_id", "")
    if owner and told.get("channel id", "") not in ("", owner):
        raise item.refuse(f"is of {told['channel id']}, another channel", code="foreign-id")
    is_comment = "comment id" in told
    if not is_comment and told.get("privacy", "").casefold() != "public":
        raise item.refuse("does not say that it is public and was not read in", code="not-public")
    number, words = ("comment id", "comment text") if is_comment else ("video id", "video title (original)")
    for name in (number, words):
        if not told.get(name):
            raise item.refuse(f"{name!r} is missing; expected a text")
    times = ("comment create timestamp",) if is_comment else ("video publish timestamp", "video create timestamp")
    moment = next((found for name in times if (found := read_time(told.get(name, "")))), None)
    if moment is None:
        raise item.refuse(f"{times[0]!r} is {told.get(times[0], '')[:40]!r}; expected an ISO 8601 time")
    moment = moment.replace(microsecond=0)  # as the API has it
    if is_comment:
        text = "".join(_segments(told[words]))
        return said(page, told[number], text, moment, told.get("parent comment id", ""), told.get("video id", ""))
    tags = tuple(value for name, value in told.items() if _TAG.fullmatch(name) and value)
    return made(page, told[number], told[words], told.get("video description (original)", ""), moment, tags=tags)


def _segments(text: str) -> Iterator[str]:
    """The words of a comment: plain in old exports, since 2023 pieces of JSON side by side."""
    pieces: list[object]
    try:
        pieces = json.loads(f"[{text}]")
    except (ValueError, RecursionError):
        pieces = [text]
    told = [piece for piece in pieces if isinstance(piece, dict)]
    if len(told) < len(pieces):
        yield text
        return
    for piece in told:
        inner = piece.get("takeoutSegments", [piece])
        for part in inner if isinstance(inner, list) else ():
            if isinstance(part, dict) and isinstance(part.get("text"), str):
                yield clean(part["text"])
