"""LinkedIn: what a member posted for everybody, from the export that the member downloads; nothing is visited.

Source: the file of LinkedIn's "Get a copy of your data", ``Shares.csv``. The account is ``linkedin:name``, as in the
address of the profile. LinkedIn shows no member's posts to other programs (the permission ``r_member_social`` is
closed), and pages behind its login are not read.
Access: none; the member asks for the export under Settings, Data privacy, and gives the file to the District, which
takes it with ``rollbook import``. Until then a visit ends with the error "import-only", which says so.
Rate: no request is ever made.
Order: as the file has it, newest first.
Cursor: none.
Edits and deletions: an export shows the words of its day; words that differ from those of an earlier export are an
edit. Nothing is concluded from what an export lacks.
Not collected: whatever the export does not mark as PUBLIC: most have "MEMBER_NETWORK" there, which may mean members or
contacts only, so it is counted, told and not read in. The profile and comments (the files do not say who may see
them), reactions, messages, contacts, searches, advertising data. Pictures: the file has addresses that need a login.
Tested: contract only, on exports built as examples of LinkedIn's have them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from urllib.parse import unquote

from collectors._caption import read_caption
from rollbook.errors import CollectError, PageError
from rollbook.exports import Export, ExportFile, Portion
from rollbook.http import Door
from rollbook.hypertext import web_address
from rollbook.pages import Item, read_each, read_json, read_time, refuse
from rollbook.plugins import Presence, Sweep, Visit, collector
from rollbook.types import Account, Page, Parsed, Post

_SHARES = re.compile(r"(?:^|/)Shares(?:_\d+)?\.csv$", re.IGNORECASE)
_COLUMNS = ("Date", "ShareLink", "ShareCommentary", "Visibility")
_PUBLIC = "PUBLIC"
_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):\d{6,24}")


# -- the export --------------------------------------------------------------------------------------------------


def _recognises(names: frozenset[str]) -> bool:
    return any(_SHARES.search(name) for name in names)


def _name_for(content: bytes) -> str:
    """The file of shares is told by its columns."""
    head = content[:500].decode("utf-8", "replace").partition("\n")[0]
    return "Shares.csv" if all(name in head for name in _COLUMNS) else ""


def _read(export: ExportFile, account: Account) -> Iterator[Portion]:
    """The shares that say that they are public; of the others only how many there are."""
    for member in sorted(name for name in export.names if _SHARES.search(name)):
        left_out: Counter[str] = Counter()
        yield Portion("export:shares", member, _public(export, account, member, left_out))
        rest = [{"LeftOut": str(count), "Visibility": word} for word, count in left_out.items()]
        yield Portion("export:shares", member, rest)


def _public(
    export: ExportFile, account: Account, member: str, left_out: Counter[str]
) -> Iterator[Mapping[str, str]]:
    for row in export.rows(member):
        missing = [name for name in _COLUMNS if name not in row]
        if missing:
            problem = f"has no column {missing[0]!r}: is this the file that LinkedIn gave out?"
            raise PageError(problem, account=account.key, place=member)
        word = row["Visibility"].strip()
        if word == _PUBLIC:
            yield dict(row)
        else:
            left_out[word] += 1


# -- its shares as posts -----------------------------------------------------------------------------------------


def parse(page: Page) -> Parsed:
    """Reads the shares of a page of an export."""
    if page.status != 200:
        return Parsed()
    top = read_json(page)
    if not isinstance(top, list):
        raise refuse(page, "schema", "the page holds no shares of an export")
    return read_each(page, top, "shares", lambda item: _post(item, page))


def _post(item: Item, page: Page) -> Post:
    word = item.words("Visibility")
    if "LeftOut" in item.data:
        problem = f"{item.name('LeftOut')} shares whose visibility is {word or 'not said'} were not read in"
        raise item.refuse(problem, code="not-public")
    if word != _PUBLIC:
        raise item.refuse("does not say that it is public and was not read in", code="not-public")
    urn = _URN.search(unquote(item.text("ShareLink")))
    moment = read_time(item.text("Date"))
    if urn is None:
        raise item.refuse(f"'ShareLink' is {item.text('ShareLink')[:80]!r}; expected the address of a share")
    if moment is None:
        raise item.refuse(f"'Date' is {item.text('Date')[:40]!r}; expected a time")
    # LinkedIn puts each line of the words into quotes of its own.
    text = item.words("ShareCommentary").replace('"\n"', "\n").strip()
    shared = web_address(item.words("SharedUrl")) if item.words("SharedUrl") else None
    found = read_caption(text)
    return Post(
        id=f"linkedin:{urn[0]}", account=page.account, network="linkedin", kind="post", text=text, created_at=moment,
        url=f"https://www.linkedin.com/feed/update/{urn[0]}",
        links=tuple(dict.fromkeys((*found.links, *((shared,) if shared else ())))), mentions=found.mentions,
        hashtags=found.hashtags,
    )


# -- what a visit says -------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:  # noqa: ARG001 - nobody is asked
    """Says of each share that nobody can be asked."""
    return (Presence(post.id, "unclear", "LinkedIn shows no member's posts to other programs") for post in posts)


_NO_PROFILE = "LinkedIn shows a page to programs of those who administer it only; a person has to look"


@collector(
    "linkedin", parse=parse, look_up=look_up, export=Export(_recognises, _read, name_for=_name_for),
    no_profile=_NO_PROFILE,
)
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:  # noqa: ARG001 - nothing is asked
    """Says what to do instead. **Raises** CollectError (import-only)."""
    yield from ()
    raise CollectError(
        "LinkedIn shows no member's posts to other programs: ask the member for the file of Settings, Data privacy, "
        f"Get a copy of your data, and take it with `rollbook import FILE --account {visit.account.key}`",
        account=visit.account.key, code="import-only",
    )
