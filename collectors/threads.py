"""Threads: the posts, replies, quotes and reposts of an account that has given its own token, and its profile.

Source: Threads API ``/me``, ``/me/threads`` and ``/me/replies`` at ``https://graph.threads.com``; the version is
``[collect.threads] version`` (v1.0 when left out). developers.facebook.com/docs/threads, read 2026-11.
Access: the account's own token with ``threads_basic`` and ``threads_read_replies`` (``rollbook connect threads``), good
for 60 days: ``ROLLBOOK_THREADS_HANDLE_TOKEN``, the handle in capitals with "_" for what is neither letter nor digit, or
``ROLLBOOK_THREADS_TOKEN``. An account that has given none says "waiting for its owner's authorisation".
Rate: what Meta's usage headers say; a visit takes one request and one for each 100 posts or replies. A limit that is
used up ends the visit until it is free again.
Order: newest first, by cursors; posts, then replies.
Cursor: ``id`` of the account and ``newest`` post seen.
Edits and deletions: nothing marks an edit; the window is read again and compared. A deleted post is error 100/33 while
the account itself answers. A token of another account than the registered one is "foreign-id".
Not collected: other people's posts and replies, likes, counts, ghost posts that have ended; of a quoted or reposted
post only what is shown of it. There is no API for an account whose owner has given no token.
Tested: contract only: a stand-in that checks each request against the field names of Meta's pages.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from collectors._graph_client import THREADS, Graph, Walk, connect, presence, unclear
from collectors._threads_posts import parse
from rollbook.errors import AccountGone, CollectError
from rollbook.http import Door
from rollbook.pages import Item, read_item, read_json
from rollbook.plugins import Presence, Sweep, Visit, collector
from rollbook.types import Page, Post

VERSION = "v1.0"
#: Of one request.
POSTS = 100

PROFILE_FIELDS = "id,username,name,threads_profile_picture_url,threads_biography"
_OTHER = "{id,username,text}"
POST_FIELDS = (
    "id,media_type,media_url,permalink,username,text,timestamp,alt_text,link_attachment_url,gif_url,is_quote_post,"
    f"quoted_post{_OTHER},reposted_post{_OTHER},children{{id,media_type,media_url,alt_text}}"
)
REPLY_FIELDS = f"{POST_FIELDS},replied_to{_OTHER}"


def _graph(visit: Visit, door: Door) -> Graph:
    return connect(visit, door, "threads", visit.settings.get("version", VERSION), THREADS)


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks for each post by its id; only error 100/33 while the account itself answers says that one is gone."""
    try:
        graph = _graph(visit, door)
        _profile(graph, visit)
    except CollectError as err:
        yield from (unclear(post, err) for post in posts)
        return
    for post in posts:
        part, fields = ("reply", REPLY_FIELDS) if post.kind == "reply" else ("lookup", POST_FIELDS)
        yield presence(graph, post, part, fields, {"username": visit.account.handle})


_NO_PROFILE = "Threads shows to a token only the account of whoever gave it; a person has to look"


@collector("threads", parse=parse, look_up=look_up, no_profile=_NO_PROFILE, settings=("version",))
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the profile, then posts and replies newest first."""
    graph = _graph(visit, door)
    page, profile = _profile(graph, visit)
    yield page
    sweeps = []
    for edge, fields in (("threads", POST_FIELDS), ("replies", REPLY_FIELDS)):
        walk = Walk(visit, "timestamp")
        params: dict[str, str | int] = {"fields": fields, "limit": POSTS}
        after = None
        while after != "":
            page = graph.ask(f"me/{edge}", edge, params, {"username": visit.account.handle})
            yield page
            after = walk.after(page, read_item(read_json(page), edge, graph.account))
            params["after"] = after
        sweeps.append(walk.sweep(profile.text("id")))
    return max(sweeps, key=lambda sweep: sweep.cursor.get("newest", ""))


def _profile(graph: Graph, visit: Visit) -> tuple[Page, Item]:
    """The account that the token is of. **Raises** AccountGone (renamed), PageError (foreign-id)."""
    page = graph.ask("me", "profile", {"fields": PROFILE_FIELDS})
    profile = read_item(read_json(page), "profile", graph.account)
    number, name, known = profile.text("id"), profile.text("username"), visit.cursor.get("id", "")
    if name.lower() != visit.account.handle.lower():
        if number == known:
            problem = f"the account is called {name} now: change its row in the register"
            raise AccountGone(problem, account=graph.account, code="renamed")
        raise profile.refuse(f"{graph.token_name} is a token of {name}, another account", code="foreign-id")
    visit.check_number(profile, number)
    return page, profile
