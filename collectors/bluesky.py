"""Bluesky and every other AT Protocol server: the posts, replies, quotes and reposts of one account, and its profile.

Source: the account's own repository on its Personal Data Server (``com.atproto.repo.listRecords``); Bluesky's AppView
(``app.bsky.feed.getAuthorFeed``) where that server does not answer. https://atproto.com/specs/repository, read 2026-11.
Access: none; all that is read is public and needs no key. ``[collect.bluesky]`` of district.toml may name another
``appview``, ``plc`` (directory of identities) or ``resolver`` (of handles); an empty ``appview`` does without one.
Rate: 3,000 requests in five minutes an address on Bluesky's own servers; a visit takes six and one for each 100 posts.
Order: newest first by record key, which carries the time (TID). What is put below the days that are read again, as
posts brought over from another network are, shows on a visit with ``--full``.
Cursor: ``id``, the DID, and ``rev`` of the repository: unchanged means nothing new, edited or deleted.
Edits and deletions: an edit keeps the address of its record and changes its content; a deleted record is HTTP 400
"RecordNotFound". A handle that names another account than before is the error "foreign-id".
Owners' exports: the repository file (.car), where its hashes and the account's signature hold; WARC and WACZ files with
answers of the AppView, or of the account's server where it is registered by its DID.
Logged out: by the label "!no-unauthenticated" of its profile an account asks apps to show it to people who are logged
in only. It stays public: its repository gives every record to everybody, and nothing here is shown to the public. A
registered account is read all the same, since its registration is its owner's consent, and the District's own words
are its records whatever apps show; of one that nobody registered the profile is not looked at.
Not collected: likes, follows, lists, labels, counts, other people's replies; of a reposted or quoted post only what is
shown of it; what only a login can see.
Tested: live against an AT Protocol server (PDS) and an AppView of the network's makers.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

from collectors._bluesky_export import EXPORT
from collectors._bluesky_network import Identity, Network, gone, pds_of
from collectors._bluesky_parts import POST, PROFILE, REPOST, URI, tid_time
from collectors._bluesky_records import asks_for_login, parse
from rollbook.errors import AccessError, AddressRefused, CollectError, NetworkError, RateLimited
from rollbook.http import Door
from rollbook.pages import Item, entries, reach, read_item, read_json, step
from rollbook.plugins import Presence, Profile, Sweep, Visit, collector
from rollbook.types import Page, Post

#: The most that one request gives. **Source**: lexicons com.atproto.repo.listRecords, app.bsky.feed.getPosts.
RECORDS, POSTS = 100, 25
#: How far the clock of an author's device may be off before a new post could hide behind older record keys.
CLOCKS = timedelta(days=1)

# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks the account's own server for each record; only its "RecordNotFound" says that one is gone."""
    network = Network(visit, door)
    try:
        identity = network.identify()
    except CollectError as err:
        yield from (Presence(post.id, "unclear", str(err)) for post in posts)
        return
    for post in posts:
        parts = URI.fullmatch(post.id.removeprefix("bluesky:"))
        if parts is None or parts[1] != identity.did:
            yield Presence(post.id, "unclear", f"{post.id} is no record of {identity.did}")
            continue
        try:
            page = network.ask(
                identity.pds, "com.atproto.repo.getRecord", "lookup", identity.context,
                {"repo": parts[1], "collection": parts[2], "rkey": parts[3]}, (200, 400),
            )
            answer = read_item(read_json(page), "lookup", network.key)
            error = answer.words("error")
        except CollectError as err:
            yield Presence(post.id, "unclear", str(err))
            continue
        if page.status == 200 and answer.words("uri") == parts[0]:
            yield Presence(post.id, "here", "HTTP 200 on its own server", page)
        elif page.status == 400 and error == "RecordNotFound":
            yield Presence(post.id, "gone", error, page)
        else:
            yield Presence(post.id, "unclear", f"HTTP {page.status} {error}".strip(), page)


# -- a profile alone -----------------------------------------------------------------------------------------------


def fetch_profile(visit: Visit, door: Door) -> Profile:
    """The public profile record of an account that is not on record, under its handle where a DID was known."""
    network = Network(visit, door)
    identity = network.identify()
    if identity.handle and identity.handle != visit.account.handle:
        network = Network(replace(visit, account=replace(visit.account, key=f"bluesky:{identity.handle}")), door)
    also = (f"bluesky:{identity.did}",)
    try:
        page = _profile(network, identity)
    except (RateLimited, AddressRefused):
        raise
    except NetworkError:
        if not network.appview:
            raise
        page, _ = _profile_view(network, identity)
    if asks_for_login(read_item(read_json(page), "profile", network.key)):
        problem = "the account asks to be shown to people who are logged in only"
        raise AccessError(problem, account=network.key, code="logged-in-only")
    return Profile(page, also=also)


def _profile(network: Network, identity: Identity) -> Page:
    return network.ask(
        identity.pds, "com.atproto.repo.getRecord", "profile", identity.context,
        {"repo": identity.did, "collection": PROFILE, "rkey": "self"}, (200, 400),
    )


def _profile_view(network: Network, identity: Identity) -> tuple[Page, Item]:
    """The profile as the AppView shows it, where the account's own server does not answer. **Raises** AccountGone."""
    whose = {"actor": identity.did}
    page = network.ask(network.appview, "app.bsky.actor.getProfile", "profile", identity.context, whose, (200, 400))
    profile = read_item(read_json(page), "profile", network.key)
    if page.status != 200:
        raise gone(network, profile.words("error"), network.appview)
    return page, profile


# -- a visit -----------------------------------------------------------------------------------------------------


@collector(
    "bluesky", parse=parse, look_up=look_up, export=EXPORT, profile=fetch_profile,
    settings=("appview", "plc", "resolver"),
)
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the account's own repository; the AppView where its server does not answer."""
    network = Network(visit, door)
    identity = network.identify()
    try:
        return (yield from _from_repository(network, identity))
    except (RateLimited, AddressRefused):
        raise
    except NetworkError:
        if not network.appview:
            raise
    return (yield from _from_appview(network, identity))


def _from_repository(network: Network, identity: Identity) -> Generator[Page, None, Sweep]:
    rev, cursor = _revision(network, identity), network.visit.cursor
    if rev == cursor.get("rev"):
        return Sweep(cursor)
    # Without a revision the AppView stood in for the repository, which no visit has read yet.
    since = reach(network.visit, tid_time(cursor.get("rev", "")))
    yield _profile(network, identity)
    for page in _records(network, identity, POST, "posts", since):
        yield page
    for page in _records(network, identity, REPOST, "reposts", since):
        yield page
        yield from _originals(network, identity, page)
    return Sweep({"id": identity.did, "rev": rev}, covered_from=since)


def _revision(network: Network, identity: Identity) -> str:
    whose = {"did": identity.did}
    page = network.ask(identity.pds, "com.atproto.sync.getLatestCommit", "state", {}, whose, (200, 400, 404))
    answer = read_item(read_json(page), "state", network.key)
    if page.status == 200:
        return answer.text("rev")
    status = network.ask(identity.pds, "com.atproto.sync.getRepoStatus", "state", {}, whose, (200, 400, 404))
    state = read_item(read_json(status), "state", network.key)
    raise gone(network, state.words("status") or answer.words("error"), identity.pds)


def _records(
    network: Network, identity: Identity, collection: str, part: str, since: datetime
) -> Generator[Page, None, None]:
    """The pages of one collection, newest first, down to the first whose last record is older than ``since``."""
    params: dict[str, str | int] = {"repo": identity.did, "collection": collection, "limit": RECORDS}
    seen = set[str]()
    while True:
        page = network.ask(identity.pds, "com.atproto.repo.listRecords", part, identity.context, params)
        yield page
        answer = read_item(read_json(page), part, network.key)
        records, cursor = entries(answer, "records"), answer.words("cursor")
        last = records[-1] if records else None
        made = tid_time(str(last.get("uri", "")).rpartition("/")[2]) if isinstance(last, dict) else None
        if not records or not cursor or (made is not None and made < since - CLOCKS):
            return
        params["cursor"] = step(page, cursor, seen)


def _originals(network: Network, identity: Identity, page: Page) -> Generator[Page, None, None]:
    """For the reposts of a page, the pages with the originals' words; each repost is told by one of them."""
    reposts: list[dict[str, object]] = []
    for value in entries(read_item(read_json(page), page.part, network.key), "records"):
        record = value.get("value") if isinstance(value, dict) else None
        subject = record.get("subject") if isinstance(record, dict) else None
        uri = str(subject.get("uri", "")) if isinstance(subject, dict) else ""
        if isinstance(value, dict) and isinstance(record, dict) and URI.fullmatch(uri):  # others are marked on the page
            reposts.append({
                "rkey": str(value.get("uri", "")).rpartition("/")[2], "createdAt": str(record.get("createdAt", "")),
                "subject": {"uri": uri},
            })
    for start in range(0, len(reposts), POSTS):
        batch = reposts[start : start + POSTS]
        found = _from_view(network, identity, batch)
        if found is not None:
            yield found
            continue
        for repost in batch:
            yield _from_its_server(network, identity, repost)


def _reposted(identity: Identity, reposts: list[dict[str, object]], **more: str) -> dict[str, str]:
    return {**identity.context, "reposts": json.dumps(reposts, ensure_ascii=False), **more}


def _from_view(network: Network, identity: Identity, reposts: list[dict[str, object]]) -> Page | None:
    uris = "&".join(f"uris={quote(uri)}" for uri in map(_subject, reposts))
    try:
        return network.door.fetch(
            f"{network.appview}/xrpc/app.bsky.feed.getPosts?{uris}", account=network.key, part="originals",
            context=_reposted(identity, reposts),
        ) if network.appview else None
    except (RateLimited, AddressRefused):
        raise
    except CollectError:
        return None


def _from_its_server(network: Network, identity: Identity, repost: dict[str, object]) -> Page:
    """The original from its author's own server; where that does not answer, the repost itself, without words."""
    parts = URI.fullmatch(_subject(repost))
    if parts is not None:
        try:
            did, collection, rkey = parts.groups()
            pds = pds_of(network.document(did))
            context = _reposted(identity, [repost], original_pds=pds)
            return network.ask(
                pds, "com.atproto.repo.getRecord", "originals", context,
                {"repo": did, "collection": collection, "rkey": rkey}, (200, 400, 404),
            )
        except CollectError:
            pass  # its author is no account of ours: that its server is away is no gap of this account
    return network.ask(
        identity.pds, "com.atproto.repo.getRecord", "originals", _reposted(identity, [repost]),
        {"repo": identity.did, "collection": REPOST, "rkey": str(repost["rkey"])}, (200, 400, 404),
    )


def _subject(repost: Mapping[str, object]) -> str:
    subject = repost["subject"]
    return str(subject["uri"]) if isinstance(subject, dict) else ""


def _from_appview(network: Network, identity: Identity) -> Generator[Page, None, Sweep]:
    """What the AppView shows of the account. It concludes nothing, and the repository is read again next time."""
    visit = network.visit
    page, profile = _profile_view(network, identity)
    if any(post.text or post.media for post in parse(page).posts):  # an account without a profile has an empty one here
        yield page
    params: dict[str, str | int] = {"actor": identity.did, "filter": "posts_with_replies", "limit": RECORDS}
    seen = set[str]()
    while True:
        page = network.ask(network.appview, "app.bsky.feed.getAuthorFeed", "feed", identity.context, params)
        yield page
        answer = read_item(read_json(page), "feed", network.key)
        cursor = answer.words("cursor")
        made = [post.created_at for post in parse(page).posts]
        if not cursor or not entries(answer, "feed"):
            break
        if visit.look_back_to and made and max(made) < visit.look_back_to - CLOCKS:
            break
        params["cursor"] = step(page, cursor, seen)
    kept = {"id": identity.did, **({"rev": visit.cursor["rev"]} if "rev" in visit.cursor else {})}
    return Sweep(kept, expected=profile.count("postsCount"))
