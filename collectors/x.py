"""X (Twitter): the posts, replies, quotes and reposts of one public account with their versions, and its profile.

Source: X's API v2 through tweepy: ``/2/users/by/username/:name``, ``/2/users/:id/tweets``, ``/2/tweets?ids=``; X's
OpenAPI document 2.167, read 2026-11. Both spellings of its schema are read, and asked for where one is not known. An
owner's archive (``rollbook import``) gives the same posts without the API.
Access: off until ``[collect.x] terms_signed_off_by`` and ``terms_signed_off_on`` say who signed off X's terms, and
``monthly_reads`` how many reads a month may have. An app's bearer token from console.x.com (the District's developer
account, prepaid), kept as ``ROLLBOOK_X_BEARER_TOKEN``: `rollbook connect x`.
Tested: contract only: every request against X's OpenAPI document 2.167, by a stand-in and by Prism.
Rate: one request for each 100 posts, within X's windows of 15 minutes. Every post that an answer holds counts as one
read, a profile as two, since X asks twice the price for it. The most that a request may cost is reserved before it is
sent: three reads for each post (what it answers and what it quotes come along), so the last reads of a month are left
unused. Profiles of accounts that nobody registered have a tenth of the month's reads, and no more.
Order: newest first; what is new since the last visit comes before what is read again.
Cursor: ``id`` of the account, ``newest`` version's id, ``schema`` that X answered to; ``left``, the oldest post that
was read of a history that did not come to its end, as one that costs more than a month's reads: it is read on there.
Edits and deletions: each version has an id of its own, and ``edit_history`` names all: the first is the post's. A
look-up of deleted posts answers "resource-not-found"; "not-authorized" (suspended, protected) proves nothing.
Not collected: posts of protected accounts, likes, bookmarks, lists, counts, other people's replies, direct messages,
the text of articles, anything before the newest 3,200 posts (an owner's archive has it).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress

from collectors._x_access import READS_PER_POST, READS_PER_USER, USER, Reader
from collectors._x_archive import ARCHIVE
from collectors._x_posts import parse, versions
from collectors._x_walk import MOST, Walk, lookup, made_since
from collectors._x_words import made_at
from rollbook.errors import AccountGone, CollectError, PageError
from rollbook.http import Door
from rollbook.pages import BEGINNING, Item, reach, read_item, read_json, refuse
from rollbook.plugins import Presence, Profile, Sweep, Visit, collector
from rollbook.types import Page, Post

_HANDLE = re.compile(r"@?([A-Za-z0-9_]{1,15})")


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks for a hundred posts at a time; only "resource-not-found" says that one is gone."""
    left, reader = list(posts), None
    while left:
        try:
            reader = reader or Reader.of(visit, door)
            batch = left[: max(1, min(MOST, reader.budget.left() // READS_PER_POST))]
            page = lookup(reader, [post.id.removeprefix("x:") for post in batch], "lookup", {})
            told = _told(page)
        except CollectError as err:
            yield from (Presence(post.id, "unclear", str(err)) for post in left)  # it keeps from the rest as well
            return
        first: Page | None = page
        for post in batch:
            state, how = told.get(post.id, ("unclear", "X answers nothing about it"))
            if state == "here":
                # One page holds them all; it is taken in once.
                yield Presence(post.id, "here", how, first)
                first = None
            else:
                yield Presence(post.id, "gone" if state == "gone" else "unclear", how, page)
        left = left[len(batch):]


def _told(page: Page) -> dict[str, tuple[str, str]]:
    """What a look-up says of each post: ``here``, ``gone`` or ``unclear``, and how."""
    top = read_item(read_json(page), page.part, page.account)
    told: dict[str, tuple[str, str]] = {}
    for problem in top.items("errors"):
        number = problem.name("resource_id") or problem.name("value")
        kind = problem.words("type").rpartition("/")[2]
        state = "gone" if kind == "resource-not-found" and problem.words("resource_type") in ("tweet", "post") else ""
        told[f"x:{number}"] = state or "unclear", f"X answers {kind or 'with an error'}"
    for post in top.items("data"):
        with suppress(PageError):  # the page's own parse marks it
            for number in (post.name("id"), *versions(post)):
                told[f"x:{number}"] = "here", "HTTP 200 at its id"
    return told


# -- a profile alone ---------------------------------------------------------------------------------------------


def fetch_profile(visit: Visit, door: Door) -> Profile:
    """The public profile of an account that is not on record; of one that protects its posts not even that."""
    reader, page, user = _profile(visit, door)
    _must_be_public(reader, user)
    return Profile(page, user.text("id"))


def _profile(visit: Visit, door: Door) -> tuple[Reader, Page, Item]:
    """The page with an account's profile, and the user. **Raises** CollectError."""
    handle = _HANDLE.fullmatch(visit.account.handle)
    if handle is None:
        problem = f"{visit.account.handle!r} is no name on X; expected up to 15 letters, digits and _"
        raise CollectError(problem, account=visit.account.key, code="bad-handle")
    reader = Reader.of(visit, door)
    page = reader.ask(f"/2/users/by/username/{handle[1]}", "profile", dict(USER), {}, READS_PER_USER)
    return reader, page, _user(reader, page, handle[1])


def _must_be_public(reader: Reader, user: Item) -> None:
    """**Raises** AccountGone (private)."""
    if user.data.get("protected") is True:
        problem = "the account protects its posts: they are no longer public"
        raise AccountGone(problem, account=reader.key, code="private")


# -- a visit -----------------------------------------------------------------------------------------------------


@collector(
    "x", parse=parse, look_up=look_up, export=ARCHIVE, profile=fetch_profile,
    settings=("base", "monthly_reads", "terms_signed_off_by", "terms_signed_off_on"),
)
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the profile, the posts since the last visit, then those of the window again."""
    reader, page, user = _profile(visit, door)
    yield page
    _must_be_public(reader, user)
    metrics = user.item_or_none("public_metrics") or Item({}, "", reader.key)
    counts = (metrics.count(name) for name in ("post_count", "tweet_count"))
    expected = next((count for count in counts if count is not None), None)
    walk = Walk(reader, user.text("id"))
    since = reach(visit, made_at(walk.known) if walk.known else None)
    if walk.known and (since > BEGINNING or walk.left):
        yield from walk.news()
        if since > BEGINNING:
            yield from walk.again(since)
        if walk.left:
            yield from walk.history()
        if since == BEGINNING:  # what an earlier visit read of the history was not read by this one
            return Sweep(walk.cursor(), expected=expected)
    elif since > BEGINNING:
        yield from walk.pages(made_since(since))
    else:
        yield from walk.history()
        if expected is None or len(walk.seen) < expected:  # X shows the newest 3,200
            return Sweep(walk.cursor(), covered_from=walk.oldest, expected=expected)
    return Sweep(walk.cursor(), covered_from=since, expected=expected)


def _user(reader: Reader, page: Page, handle: str) -> Item:
    """**Raises** AccountGone, or PageError (foreign-id) where the name is somebody else's."""
    top = read_item(read_json(page), "profile", reader.key)
    user = top.item_or_none("data")
    known = reader.visit.cursor.get("id", "")
    if user is None:
        raise _gone(reader, page, top, handle, known)
    number = user.text("id")
    if user.text("username").lower() != handle.lower():
        raise user.refuse(f"asked for @{handle}, X answers with @{user.words('username')}", code="foreign-id")
    reader.visit.check_number(user, number)
    return user


def _gone(reader: Reader, page: Page, top: Item, handle: str, known: str) -> CollectError:
    """Why X gives no user: suspended, renamed, or not there."""
    told = top.items("errors")
    said = " ".join(problem.words("detail") for problem in told)[:200]
    kinds = {problem.words("type").rpartition("/")[2] for problem in told}
    if "suspended" in said.lower():
        return AccountGone(f"X has suspended the account ({said})", account=reader.key, code="suspended")
    if "not-authorized-for-resource" in kinds:
        return AccountGone(f"the account is no longer public ({said})", account=reader.key, code="private")
    if "resource-not-found" not in kinds:
        return refuse(page, "schema", f"X says: {said}" if said else "the answer holds no user")
    if known:
        page = reader.ask(f"/2/users/{known}", "user", dict(USER), {}, READS_PER_USER)
        user = read_item(read_json(page), "user", reader.key).item_or_none("data")
        if user is not None and user.words("username"):
            problem = f"the account calls itself @{user.words('username')} now: register that name"
            return AccountGone(problem, account=reader.key, code="renamed")
    return AccountGone(f"X has no account @{handle}", account=reader.key, code="not-found")
