"""The archive that an owner downloads from X: the posts of ``tweets.js``, in the shape of X's older API.

Opened are ``account.js`` (is it this account? its name is read, nothing else), ``protected-history.js`` (a protected
account's archive is refused), ``tweets.js`` with its further parts, ``note-tweet.js`` (the long form of posts, told to
no one else than their readers) and the pictures of posts. Messages, deleted posts, contacts, likes, advertising and
every other member are never opened.
**Source**: the README.txt of such an archive, 2025.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from collectors._x_words import file_name, is_id, made_at
from rollbook.errors import PageError
from rollbook.exports import Export, ExportFile, Portion
from rollbook.types import Account, Media, Post

#: A note has an id of its own; it is made in the same moment as its post.
_AT_ONCE = timedelta(seconds=60)
#: How many notes before and after a post are looked at: nobody writes more in a minute, and a file may say anything.
_NEAREST = 20
#: A post that is too long, as the older form has it: cut at 280, where a character counts one or two; X's own link, 23
#: of them, follows. **Source**: https://docs.x.com/fundamentals/counting-characters.
_CUT = re.compile(r"(.{100,})\N{HORIZONTAL ELLIPSIS}(?:\s*https://t\.co/\w+)?\s*", re.DOTALL)
_POSTS = re.compile(r"(?P<folder>(?:[^/]+/)?(?:data/)?)tweets?(?:-part\d+)?\.js")


def _recognises(names: frozenset[str]) -> bool:
    return bool(_post_members(names)) and f"{_folder(names)}account.js" in names


def _post_members(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if _POSTS.fullmatch(name))


def _folder(names: frozenset[str]) -> str:
    found = next((_POSTS.fullmatch(name) for name in _post_members(names)), None)
    return found["folder"] if found else ""


def _read(file: ExportFile, account: Account) -> Iterator[Portion]:
    """The posts of all parts, each with its long form. **Raises** PageError (foreign-id) for another account's."""
    folder = _folder(file.names)
    _check(file, f"{folder}account.js", account)
    _check_public(file, f"{folder}protected-history.js", account)
    note_member = f"{folder}note-tweet.js"
    notes = _Notes(file.values(note_member, "item.noteTweet") if note_member in file.names else ())
    for member in _post_members(file.names):
        yield Portion("export:posts", member, map(notes.beside, file.values(member)))


def _check(file: ExportFile, member: str, account: Account) -> None:
    names = [value for value in file.values(member, "item.account.username") if isinstance(value, str)]
    if not any(name.lower() == account.handle.lstrip("@").lower() for name in names):
        told = f"@{names[0]}" if names else "nobody"
        raise PageError(f"the archive is of {told}, another account", account=account.key, place=member,
                        code="foreign-id")


def _check_public(file: ExportFile, member: str, account: Account) -> None:
    """Refuses the archive of an account whose posts only its followers see; it tells the changes of six months."""
    changes = []
    for value in file.values(member, "item.protectedHistory") if member in file.names else ():
        at, action = (value.get("protectedAt"), value.get("action")) if isinstance(value, dict) else (None, None)
        if not isinstance(at, str) or not isinstance(action, str):
            raise PageError("does not say when the account was protected, and whether it is; it may not be public",
                            account=account.key, place=member, code="schema")
        changes.append((at, action.lower()))
    if changes and not max(changes)[1].startswith("unprotect"):
        problem = f"the account is protected since {max(changes)[0][:10]}: only its followers see its posts"
        raise PageError(problem, account=account.key, place=member, code="not-public")


class _Notes:
    """The long forms of posts, which have ids of their own, in the order in which they were made."""

    def __init__(self, notes: Iterable[object]) -> None:
        made = [(moment, note) for note in notes if isinstance(note, dict) and (moment := _made(note, "noteTweetId"))]
        self._made = sorted(made, key=lambda one: one[0])

    def beside(self, entry: object) -> object:
        """A post's entry, with its long form beside it where there is one."""
        post = entry.get("tweet") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(post, dict) or not (made := _made(post, "id_str")):
            return entry
        cut = _CUT.fullmatch(str(post.get("full_text", "")))
        beginning = cut[1].strip() if cut else ""
        found = [one for one in self._near(made) if beginning and _begins(one[1], beginning)]
        return {**entry, "noteTweet": min(found, key=lambda one: abs(one[0] - made))[1]} if found else entry

    def _near(self, made: datetime) -> Sequence[tuple[datetime, Mapping[str, object]]]:
        at = bisect(self._made, made, key=lambda one: one[0])
        return [one for one in self._made[max(0, at - _NEAREST) : at + _NEAREST] if abs(one[0] - made) <= _AT_ONCE]


def _begins(note: Mapping[str, object], beginning: str) -> bool:
    core = note.get("core")
    return isinstance(core, dict) and str(core.get("text", "")).startswith((beginning, _unescaped(beginning)))


def _made(item: Mapping[str, object], name: str) -> datetime | None:
    native = str(item.get(name, ""))
    return made_at(native) if is_id(native) else None


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _member_of(export: ExportFile, post: Post, item: Media) -> str:
    """The picture's file: ``tweets_media/{id}-{file}``, the id being that of the version."""
    if not item.url or not file_name(item.url):
        return ""
    numbers = dict.fromkeys((post.id.removeprefix("x:"), post.url.rpartition("/")[2]))
    folder = _folder(export.names)
    exact = (f"{folder}{kind}/{number}-{file_name(item.url)}" for number in numbers
             for kind in ("tweets_media", "tweet_media"))
    return next((name for name in exact if name in export.names), "")


ARCHIVE = Export(recognises=_recognises, read=_read, member_of=_member_of, tells_audience=False)
