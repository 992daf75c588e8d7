"""The words of a post on X as a reader sees them: what the API and an owner's archive spell alike.

Both give the text with ``&``, ``<`` and ``>`` escaped and every address shortened to ``https://t.co/…``; beside it
stands what each stands for. The addresses of a post's own pictures, of the post that it quotes and of its own long form
are no words: X shows them as what they lead to.
**Source**: https://docs.x.com/x-api/fundamentals/data-dictionary, read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rollbook.pages import Item, clean
from rollbook.types import Media, MediaType, Reference

#: The moment from which X counts in its ids, in milliseconds since 1970, and the first id that tells its moment.
#: **Source**: https://docs.x.com/fundamentals/x-ids and twitter-archive/snowflake, read 2026-11.
_ID_EPOCH_MS, _FIRST_TELLING_ID = 1288834974657, 29700859247

_HOST = r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com"
_STATUS = re.compile(
    rf"{_HOST}/(?:i/web|i|(?P<user>[A-Za-z0-9_]{{1,15}}))/status(?:es)?/(?P<id>\d{{1,19}})/?(?:[?#].*)?"
)
_OWN_MEDIA = re.compile(rf"{_HOST}/[A-Za-z0-9_]+/status/\d+/(?:photo|video)/\d+/?")
_SHORT = re.compile(r"https?://t\.co/\w+|&(?:amp|lt|gt);")
_ESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_NATIVE = re.compile(r"[0-9]{1,19}")
_MEDIA: dict[str, MediaType] = {"photo": "image", "video": "video", "animated_gif": "video"}


@dataclass(frozen=True, slots=True)
class Address:
    """A shortened address in a text."""

    short: str
    #: Where it leads.
    full: str
    #: It leads to a picture of the post itself.
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What a reader sees of a text."""

    text: str
    links: tuple[str, ...] = ()
    #: The post that the last words lead to, as ``(id, user)``: X shows it as a quote.
    quoted: tuple[str, str] | None = None


def read_words(text: str, addresses: Sequence[Address], own: Iterable[str], *, quoted: str = "") -> Words:
    """Undoes escapes and shortened addresses; ``own`` are the ids of the post itself, ``quoted`` that of its quote."""
    pictures = {address.short for address in addresses if address.picture or _OWN_MEDIA.fullmatch(address.full)}
    others = [address for address in addresses if address.short not in pictures]
    unseen, itself, last = set(pictures), frozenset(own), _last_word(text, pictures)
    led_to: tuple[str, str] | None = None
    for address in others:
        status = _STATUS.fullmatch(address.full)
        if status is None:
            continue
        if status["id"] in itself:
            unseen.add(address.short)
        elif status["id"] == quoted or (not quoted and address.short == last):
            unseen.add(address.short)
            led_to = status["id"], status["user"] or ""
    shown = {address.short: "" if address.short in unseen else address.full for address in addresses}
    told = _SHORT.sub(lambda found: _ESCAPED.get(found[0]) or shown.get(found[0], found[0]), text)
    links = dict.fromkeys(address.full for address in others if address.short not in unseen)
    lines = (line.rstrip() for line in told.strip().splitlines())
    return Words(clean("\n".join(lines)), tuple(clean(link) for link in links), led_to)


def _last_word(text: str, pictures: set[str]) -> str:
    """The last word that is no picture's address; empty where there is none."""
    return next((word for word in reversed(text.split()) if word not in pictures), "")


def is_id(value: str) -> bool:
    """Whether a text is an id as X writes it, in digits."""
    return _NATIVE.fullmatch(value) is not None


def chain(item: Item, name: str) -> tuple[str, ...]:
    """The ids of a post's versions, oldest first. **Raises** PageError (schema)."""
    values = item.texts(name)
    if not all(is_id(value) for value in values):
        raise item.refuse(f"{name!r} holds what is no id of X")
    return values


def native_id(item: Item, name: str) -> str:
    """An id that has to be there. **Raises** PageError (schema)."""
    value = item.name(name)
    if not is_id(value):
        raise item.refuse(f"{name!r} is {value[:40]!r}; expected an id of X" if value else f"{name!r} is missing")
    return value


def made_at(native: str) -> datetime | None:
    """The moment that an id tells, in whole seconds as X writes times; None for one from before they did."""
    number = int(native)
    if number < _FIRST_TELLING_ID:
        return None
    return datetime.fromtimestamp(((number >> 22) + _ID_EPOCH_MS) // 1000, UTC)


def key(account: str, username: str) -> str:
    """The register's key of a name; the account's own where it is that one, however it is written."""
    if not username:
        return ""
    named = f"x:{username}"
    return account if named.lower() == account.lower() else named


def reference(account: str, native: str, username: str = "", text: str = "") -> Reference:
    """Another post, as far as it is known."""
    return Reference(f"x:{native}", key(account, username), text)


def media(kind: str, picture: str, variants: Iterable[tuple[object, str, str]], alt: str) -> Media:
    """A picture, or the film of most bits a second; ``variants`` are bit rate, MIME type and address."""
    films = [(_number(rate), url) for rate, mime, url in variants if mime == "video/mp4" and url]
    best = max(films, default=(0, ""))[1]
    return Media(_MEDIA.get(kind, "file"), url=best or picture or None, alt=alt or None)


def _number(value: object) -> int:
    return value if isinstance(value, int) else int(value) if isinstance(value, str) and is_id(value) else 0


def file_name(url: str) -> str:
    """What X calls the file of an address."""
    return re.split("[?#]", url, maxsplit=1)[0].rpartition("/")[2]


def named(values: Iterable[Item], field: str) -> tuple[str, ...]:
    """What entities are called, each once, as they are written."""
    return tuple(dict.fromkeys(entry.words(field) for entry in values if entry.words(field)))


def first(data: Mapping[str, object], *names: str) -> str:
    """The spelling that is there: X renamed its fields, and a page may have either."""
    return next((name for name in names if data.get(name) is not None), names[0])
