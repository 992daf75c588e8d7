"""Facebook: the posts of one Page that the District or an employee in that role runs, its comments, its about page.

Source: Graph API ``/PAGE``, ``/PAGE/posts``, single comments and photos by id, at ``https://graph.facebook.com``; the
version is ``[collect.facebook] version`` (v25.0 when left out). developers.facebook.com/docs/graph-api, read 2026-11.
Access: a Page access token with ``pages_read_engagement`` and ``pages_read_user_content``, granted by somebody who
manages the Page (``rollbook connect facebook``): ``ROLLBOOK_FACEBOOK_HANDLE_TOKEN``, the handle in capitals with "_"
for what is neither letter nor digit, or ``ROLLBOOK_FACEBOOK_TOKEN``; where the app asks for proof,
``ROLLBOOK_FACEBOOK_APP_SECRET``. A Page that has given no token says "waiting for its owner's authorisation". Personal
profiles have no API and are not read.
Rate: what Meta's usage headers say; a visit takes one request, one or two for each 50 posts, one for each 50 photos and
one for each 50 of the Page's comments. A limit that is used up ends the visit until it is free again.
Order: newest first, by cursors. Meta lists about 600 posts a year of a busy Page: older ones come from an export.
Cursor: ``id`` of the Page and ``newest`` post seen.
Edits and deletions: nothing marks an edit; the window is read again and compared. A post that is gone is error 100/33
while the Page itself answers; one that was hidden, unpublished or has expired is no longer public and counts as gone.
A Page that is unpublished is the error "unpublished", one with another name "renamed"; a name that belongs to another
Page is "foreign-id".
Not collected: other people's posts and comments (of a comment only its number and its author's number are asked for),
reactions, counts, messages, unpublished posts, previews of links; its comments under posts older than the window;
photos of an album beyond its first hundred, which is marked.
Tested: contract only: a stand-in whose requests and answers the field types of Meta's own library check.
Exports: "Download your information" in JSON has no ids: its posts are ``facebook:export:SECONDS-HASH`` until the API
shows the same words of the same moment; one that was edited between two exports, and that the API never gave, stands
twice. It does not say who could see a post either: import exports of Pages and of accounts used in that role only.
Nothing but its posts is opened; those that name another audience, or whose title does not say in English that they
stand in the account's own place, are counted and not read in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain

from collectors._facebook_export import EXPORT
from collectors._facebook_posts import ALBUM, attachments, is_public, parse
from collectors._graph_client import VERSION, Graph, Params, Walk, connect, next_cursor, presence, unclear
from collectors._graph_errors import missing
from rollbook.errors import AccessError, AccountGone, CollectError, PageError
from rollbook.http import Door
from rollbook.pages import Item, entries, mark, read_item, read_json
from rollbook.plugins import Presence, Sweep, Visit, collector
from rollbook.types import Marked, Page, Post

#: Posts of one request, ids of one request, and comments listed with a post. **Source**: …/graph-api/results, read
#: 2026-11: at most 100 and 50; fewer posts, since each brings its attachments and comments.
POSTS, IDS, COMMENTS = 50, 50, 100

PAGE_FIELDS = (
    "id,username,name,about,description,website,phone,emails,link,is_published,cover,picture.type(large){url}"
)
_ATTACHED = "media_type,type,media,title,description,url,unshimmed_url,target"
POST_FIELDS = (
    "id,message,created_time,updated_time,permalink_url,from,parent_id,status_type,is_hidden,is_published,is_expired,"
    f"privacy,message_tags,attachments{{{_ATTACHED},subattachments.limit({ALBUM}){{{_ATTACHED}}}}}"
)
LISTED_FIELDS = f"{POST_FIELDS},comments.filter(stream).limit({COMMENTS}){{id,from{{id}}}}"
COMMENT_FIELDS = "id,message,created_time,permalink_url,from,parent,is_hidden,is_private,message_tags,attachment"
PHOTO_FIELDS = "id,alt_text_custom"
_HANDLE = re.compile(r"[\w.-]{1,100}")


def _graph(visit: Visit, door: Door) -> Graph:
    if not _HANDLE.fullmatch(visit.account.handle):
        problem = f"{visit.account.handle!r} is no Page's name or number; expected what stands after facebook.com/"
        raise PageError(problem, account=visit.account.key, code="bad-handle")
    return connect(visit, door, "facebook", visit.settings.get("version", VERSION))


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks for each post by its id; only error 100/33 while the Page answers, or a post that was hidden, is gone."""
    try:
        graph = _graph(visit, door)
        number = _profile(graph, visit)[1]
    except CollectError as err:
        yield from (unclear(post, err) for post in posts)
        return
    for post in posts:
        try:
            yield _presence(graph, post, number)
        except CollectError as err:
            yield unclear(post, err)


def _presence(graph: Graph, post: Post, number: str) -> Presence:
    """Whether a post is there for everybody; where it is, with what describes its photos."""
    part, fields = ("comment", COMMENT_FIELDS) if post.kind == "comment" else ("lookup", POST_FIELDS)
    context = {"page_id": number}
    if post.kind == "comment" and post.reply_to:
        native, above = (name.removeprefix("facebook:") for name in (post.id, post.reply_to.id))
        context["under"] = json.dumps({native: above})
    told = presence(graph, post, part, fields, context)
    if told.state != "here" or told.page is None:
        return told
    found = read_item(read_json(told.page), part, graph.account)
    if not is_public(found):
        return Presence(post.id, "gone", "it is no longer public: hidden, unpublished or expired", told.page)
    described = _told(_descriptions(graph, _photos(found)))
    return presence(graph, post, part, fields, context | described) if described else told


# -- a visit -----------------------------------------------------------------------------------------------------


_NO_PROFILE = (
    "Facebook shows other Pages only to programs that Meta has examined and given its Page Public Content Access, and "
    "nobody's profile to any; a person has to look"
)


@collector("facebook", parse=parse, look_up=look_up, export=EXPORT, no_profile=_NO_PROFILE, settings=("version",))
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the Page, then its posts newest first; its comments under them after each page of posts."""
    graph = _graph(visit, door)
    page, number = _profile(graph, visit)
    yield page
    walk, marked = Walk(visit, "created_time"), list[Marked]()
    params: dict[str, str | int] = {"fields": LISTED_FIELDS, "limit": POSTS}
    while True:
        page, top, posts = _listing(graph, number, params)
        yield page
        yield from _comments(graph, page, posts, number, marked)
        after = walk.after(page, top)
        if not after:
            return replace(walk.sweep(number), marked=tuple(marked))
        params["after"] = after


def _listing(graph: Graph, number: str, params: Params) -> tuple[Page, Item, list[Item]]:
    """A page of posts with what describes their photos in its context, which costs a second request.

    Only that last answer counts: the Page may have posted in between, and everything stands one place further down.
    """
    asked, alts, context = set[str](), dict[str, str](), {"page_id": number}
    while True:
        page = graph.ask(f"{number}/posts", "posts", params, context | _told(alts))
        top = read_item(read_json(page), "posts", graph.account)
        posts = list(top.objects("data"))
        unasked = {photo for post in posts for photo in _photos(post)} - asked
        described = _descriptions(graph, sorted(unasked))
        if not described:
            return page, top, posts
        asked |= unasked
        alts |= described


def _profile(graph: Graph, visit: Visit) -> tuple[Page, str]:
    """The about page and the Page's number. **Raises** AccountGone, or PageError (foreign-id) for somebody else's."""
    handle, known = visit.account.handle, visit.cursor.get("id", "")
    page = graph.ask(handle, "profile", {"fields": PAGE_FIELDS}, may_miss=bool(known))
    if missing(page):
        found = read_item(read_json(graph.ask(known, "profile", {"fields": PAGE_FIELDS})), "profile", graph.account)
        raise _renamed(graph, found.words("username") or known)
    found = read_item(read_json(page), "profile", graph.account)
    number, name = found.text("id"), found.words("username")
    if not (_same(handle, number) or _same(handle, name)):
        if not known or number != known:
            problem = f"asked for {handle}, the platform answers with {name or number}"
            raise found.refuse(problem, code="foreign-id")
        if name:
            raise _renamed(graph, name)
    visit.check_number(found, number, "Page")
    if found.data.get("is_published") is False:
        problem = "the Page is unpublished: only its own people see it"
        raise AccountGone(problem, account=graph.account, code="unpublished")
    return page, number


def _same(handle: str, name: str) -> bool:
    """Facebook's names know neither capitals nor full stops."""
    return handle.lower().replace(".", "") == name.lower().replace(".", "")


def _renamed(graph: Graph, name: str) -> AccountGone:
    problem = f"the Page is called {name} now: change its row in the register"
    return AccountGone(problem, account=graph.account, code="renamed")


# -- what a listing does not tell --------------------------------------------------------------------------------

#: What may happen to a comment after it was listed, and to a photo, which may be another Page's.
_WENT_AWAY = frozenset(("not-found",))
_NOT_SHOWN = frozenset(("not-found", "no-access", "schema"))


def _objects(
    graph: Graph, ids: Sequence[str], part: str, context: dict[str, str], fields: str, may_lack: Collection[str]
) -> Iterator[Page]:
    """Asks for many objects by id; one that is refused refuses all, so that they are then asked one by one.

    A single one is left out where it is refused with one of the codes ``may_lack``.
    """
    for start in range(0, len(ids), IDS):
        batch = ids[start : start + IDS]
        try:
            yield graph.ask("", part, {"ids": ",".join(batch), "fields": fields}, context)
        except (AccessError, AccountGone, PageError) as err:
            if err.code not in may_lack:
                raise
            for one in batch if len(batch) > 1 else ():
                yield from _objects(graph, [one], part, context, fields, may_lack)


def _comments(
    graph: Graph, page: Page, posts: Sequence[Item], number: str, marked: list[Marked]
) -> Iterator[Page]:
    """The Page's own comments under the posts of one listing; ``marked`` takes what no page will show."""
    under: dict[str, str] = {}
    for post in filter(_is_shown, posts):
        first, after = _comments_with(page, post, marked)
        for value in chain(first, _further_comments(graph, post, after) if after else ()):
            try:
                comment = read_item(value, f"{post.place}.comments", graph.account)
                author = comment.item_or_none("from")
                if author and author.name("id") == number:
                    under[comment.text("id")] = post.name("id")
            except PageError as err:
                marked.append(mark(err, page.part))
    own = list(under)
    for start in range(0, len(own), IDS):
        batch = own[start : start + IDS]
        context = {"page_id": number, "under": json.dumps({one: under[one] for one in batch})}
        yield from _objects(graph, batch, "comments", context, COMMENT_FIELDS, _WENT_AWAY)


def _is_shown(post: Item) -> bool:
    try:
        return is_public(post)
    except PageError:
        return False  # the page's own parse marks the post


def _comments_with(page: Page, post: Item, marked: list[Marked]) -> tuple[Sequence[object], str]:
    """Number and author's number of the comments that are listed with a post, and where the further ones begin."""
    try:
        holder = post.item_or_none("comments")
        return (entries(holder, "data"), next_cursor(page, holder)) if holder else ((), "")
    except PageError as err:
        marked.append(mark(err, page.part))
        return (), ""


def _further_comments(graph: Graph, post: Item, after: str) -> Iterator[object]:
    params: Params = {"fields": "id,from{id}", "filter": "stream", "limit": COMMENTS, "after": after}
    with suppress(AccountGone):  # the post went away meanwhile
        for page in graph.walk(f"{post.name('id')}/comments", "numbers", params):
            yield from entries(read_item(read_json(page), "numbers", graph.account), "data")


def _descriptions(graph: Graph, photos: Iterable[str]) -> dict[str, str]:
    """What the Page's people wrote for those who cannot see the photos, by the photo's number."""
    alts: dict[str, str] = {}
    for page in _objects(graph, list(dict.fromkeys(photos)), "photos", {}, PHOTO_FIELDS, _NOT_SHOWN):
        for number, photo in read_item(read_json(page), "photos", graph.account).data.items():
            if isinstance(photo, dict) and isinstance(alt := photo.get("alt_text_custom"), str) and alt:
                alts[number] = alt
    return alts


def _told(alts: Mapping[str, str]) -> dict[str, str]:
    """Descriptions as the context of the page with their posts has them."""
    return {"alts": json.dumps(alts, ensure_ascii=False)} if alts else {}


def _photos(post: Item) -> Iterator[str]:
    try:
        for entry in attachments(post):
            target = entry.item_or_none("target")
            if "photo" in (entry.words("media_type"), entry.words("type")) and target and target.name("id"):
                yield target.name("id")
    except PageError:
        return  # the page's own parse marks the post
