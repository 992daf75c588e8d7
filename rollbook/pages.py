"""What the parsers of several networks share: JSON with named errors, fields that say where they stood, HTML as text.

A page that is not what was asked for is a PageError for its account; one item that cannot be read is Marked, and the
items beside it go on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from rollbook import bodies
from rollbook.errors import PageError
from rollbook.plugins import Visit
from rollbook.types import Marked, Page, Parsed, Post

#: Before and after these years a time is a mistake, not a date, and converting it between zones may overflow.
YEARS = range(1900, 9000)
#: "Since ever", for a sweep that read the whole history.
BEGINNING = datetime(YEARS.start, 1, 1, tzinfo=UTC)

# -- how far back to read ------------------------------------------------------------------------------------------


def reach(visit: Visit, newest_at: datetime | None) -> datetime:
    """How far back a visit reads: the window that it asks for, and all that came after the last visit.

    ``newest_at`` is the newest moment that the cursor tells of; None where no visit has read everything yet.
    """
    if visit.look_back_to is None:
        return BEGINNING
    if not visit.cursor:
        return visit.look_back_to
    return min(visit.look_back_to, newest_at) if newest_at else BEGINNING


def latest(known: datetime | None, moments: Iterable[datetime], page: Page) -> datetime | None:
    """The latest of what was known and of the moments that a page tells.

    What lies in the future counts as the moment of the page: a server's clock that runs ahead must not make the next
    visit believe that it has seen what is still to come.
    """
    return max([*(min(moment, page.fetched_at) for moment in moments), *([known] if known else [])], default=None)


# -- text and time -----------------------------------------------------------------------------------------------

# JSON and character references can spell half a surrogate pair and NUL: neither can be stored as text anywhere.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with what no database stores (lone surrogates, NUL) shown as U+FFFD."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def read_time(text: str) -> datetime | None:
    """An ISO 8601 time, taken as UTC where it states no offset; None where it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment if moment.year in YEARS and moment.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None


# -- JSON --------------------------------------------------------------------------------------------------------


def refuse(page: Page, code: str, cause: str, place: str = "") -> PageError:
    """The error for a page that is not what was asked for, to be raised by the caller."""
    return PageError(cause, account=page.account, place=place or page.part, code=code)


def step(page: Page, place: str, seen: set[str]) -> str:
    """Takes note of the place where a network says that the next page begins. **Raises** PageError: cursor-loop."""
    if place in seen:
        raise refuse(page, "cursor-loop", f"{place[:60]!r} is given as the next page again; what is older was not read")
    seen.add(place)
    return place


def moved_up(number: int, size: int, before: int, now: int) -> range:
    """The numbers of pages to be read again, where a list became shorter before its page ``number`` was read.

    What stood after the posts that were taken away moved up, over the border of a page that was read already.
    """
    return range(max(1, number + (now - before) // size), number)


def read_json(page: Page) -> object:
    """The JSON of a page. **Raises** PageError: not-json, login-page, truncated, wrong-charset."""
    if not page.body.strip():
        raise refuse(page, "not-json", "the answer is empty where JSON was due")
    try:
        text = page.body.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        _refuse_bytes(page, err)
    try:
        return json.loads(text)
    except json.JSONDecodeError as err:
        _refuse_text(page, text, err)
    except RecursionError:
        raise refuse(page, "not-json", "the JSON is nested deeper than any answer of the network") from None
    except ValueError as err:  # a number of thousands of digits
        raise refuse(page, "not-json", f"the JSON holds a number that is none: {err}") from None


def _refuse_bytes(page: Page, err: UnicodeDecodeError) -> NoReturn:
    if is_html(page):
        refuse_html(page, "not-json", "JSON")
    if err.reason == "unexpected end of data":
        raise refuse(page, "truncated", f"the JSON ends inside a character, after {len(page.body)} bytes") from None
    raise refuse(
        page, "wrong-charset", f"byte {err.start} is not UTF-8, as JSON has to be (RFC 8259, section 8.1)"
    ) from None


def _refuse_text(page: Page, text: str, err: json.JSONDecodeError) -> NoReturn:
    if is_html(page):
        refuse_html(page, "not-json", "JSON")
    text = text.rstrip()
    # A cut inside a literal or an escape is reported a few characters before the end.
    cut = err.pos >= len(text) or (len(text) - err.pos < 7 and text[-1:] not in ("}", "]"))
    if text[:1] in ("{", "[") and (cut or err.msg.startswith("Unterminated string")):
        raise refuse(page, "truncated", f"the JSON is cut off after {len(page.body)} bytes") from None
    raise refuse(page, "not-json", f"the answer is not JSON: {err.msg} at character {err.pos}") from None


# -- HTML where something else was due ---------------------------------------------------------------------------


def is_html(page: Page) -> bool:
    """Whether the body is a web page."""
    return bodies.is_html(page.body)


def refuse_html(page: Page, code: str, due: str) -> NoReturn:
    """Raises the error for a web page where something else was due; a login page is named as one."""
    if bodies.asks_to_log_in(page.body):
        raise refuse(page, "login-page", f"a login page came where {due} was due: the address is no longer public")
    raise refuse(page, code, f"a web page came where {due} was due")


# -- fields ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """One JSON object of a page; each reader names the account and the place when a field is not what it must be."""

    data: Mapping[str, object]
    #: Where it stands in the page: ``items[3].media[0]``.
    place: str
    account: str

    def refuse(self, cause: str, *, code: str = "schema") -> PageError:
        """The error for this item, to be raised by the caller."""
        return PageError(cause, account=self.account, place=self.place, code=code)

    def _wrong(self, name: str, expected: str) -> PageError:
        value = self.data.get(name)
        return self.refuse(
            f"{name!r} is missing; expected {expected}" if value is None
            else f"{name!r} is empty; expected {expected}" if value == ""
            else f"{name!r} is {type(value).__name__}; expected {expected}"
        )

    def text(self, name: str) -> str:
        """A field that has to be there and say something."""
        value = self.words(name)
        if not value:
            raise self._wrong(name, "a text")
        return value

    def words(self, name: str) -> str:
        """A field that may be absent or null: then it is empty."""
        value = self.data.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._wrong(name, "a text")
        return clean(value)

    def name(self, name: str) -> str:
        """An id, which some servers write as a number; empty where it is absent."""
        value = self.data.get(name)
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else self.words(name)

    def count(self, name: str) -> int | None:
        """A number that may be absent; negative ones and none that is whole count as absent."""
        value = self.data.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

    def counted(self, name: str) -> int | None:
        """The same, of networks that write it as a text."""
        value = self.name(name)
        return int(value) if value.isdecimal() and len(value) < 16 else None

    def moment(self, name: str) -> datetime:
        """A time that has to be there."""
        moment = self.moment_or_none(name)
        if moment is None:
            raise self._wrong(name, "an ISO 8601 time")
        return moment

    def moment_or_none(self, name: str) -> datetime | None:
        """A time that may be absent or null."""
        value = self.words(name)
        moment = read_time(value)
        if value and moment is None:
            raise self.refuse(f"{name!r} is {value[:40]!r}; expected an ISO 8601 time")
        return moment

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts that may be absent."""
        value = self._list(name)
        if not all(isinstance(entry, str) for entry in value):
            raise self._wrong(name, "a list of texts")
        return tuple(clean(entry) for entry in value if isinstance(entry, str))

    def item(self, name: str) -> Item:
        """An object that has to be there."""
        inner = self.item_or_none(name)
        if inner is None:
            raise self._wrong(name, "an object")
        return inner

    def item_or_none(self, name: str) -> Item | None:
        """An object that may be absent or null."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return Item(value, f"{self.place}.{name}" if self.place else name, self.account)

    def items(self, name: str) -> tuple[Item, ...]:
        """A list of objects that may be absent."""
        place = f"{self.place}.{name}" if self.place else name
        values = enumerate(self._list(name))
        return tuple(read_item(value, f"{place}[{index}]", self.account) for index, value in values)

    def objects(self, name: str) -> tuple[Item, ...]:
        """The entries of a list that has to be there which are objects: see ``objects``. **Raises** PageError."""
        return objects(entries(self, name), f"{self.place}.{name}" if self.place else name, self.account)

    def _list(self, name: str) -> list[object]:
        value = self.data.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return value


def read_item(value: object, place: str, account: str) -> Item:
    """A JSON value as an object. **Raises** PageError (schema)."""
    if not isinstance(value, dict):
        raise PageError(f"is {type(value).__name__}; expected an object", account=account, place=place)
    return Item(value, place, account)


def entries(item: Item, name: str) -> Sequence[object]:
    """The raw entries of a list that has to be there, for ``read_each``. **Raises** PageError (schema)."""
    value = item.data.get(name)
    if not isinstance(value, list):
        raise item.refuse(f"{name!r} is {'missing' if value is None else type(value).__name__}; expected a list")
    return value


def objects(values: Iterable[object], name: str, account: str) -> tuple[Item, ...]:
    """The entries of a list that are objects, for the way through it: the page's own parse marks what is none."""
    return tuple(
        Item(value, f"{name}[{index}]", account) for index, value in enumerate(values) if isinstance(value, dict)
    )


def mark(err: PageError, place: str) -> Marked:
    """What an error says of one item of a page."""
    return Marked(err.place or place, f"{err.code}: {err.cause}")


def read_each(
    page: Page, values: Iterable[object], name: str, read: Callable[[Item], Iterable[Post | Marked] | Post | None]
) -> Parsed:
    """Reads every entry of a list; the ones that cannot be read are marked with their place and the cause.

    An entry of which only a part cannot be read gives its post and a mark for that part.
    """
    posts: list[Post] = []
    marked: list[Marked] = []
    for index, value in enumerate(values):
        place = f"{name}[{index}]"
        try:
            found = read(read_item(value, place, page.account))
            for one in (found,) if isinstance(found, Post) else found or ():  # a generator may refuse at any step
                if isinstance(one, Post):
                    posts.append(one)
                else:
                    marked.append(one)
        except PageError as err:
            marked.append(mark(err, place))
    return Parsed(tuple(posts), tuple(marked))
