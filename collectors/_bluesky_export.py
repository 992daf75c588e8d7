"""The repository that an account's owner downloads (CAR): posts, replies, quotes, reposts and the profile.

The key that its signature is held against comes from the account's DID document, asked from the network or given by
hand, never from the file. Likes, follows, blocks and lists are not opened; pictures are not in the file and are fetched
from the account's server by the next visit.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from collectors._bluesky_car import NotSound, Repository, SigningKey, read_repository
from collectors._bluesky_network import Network, pds_of
from collectors._bluesky_parts import POST, PROFILE, REPOST
from rollbook.errors import PageError
from rollbook.exports import Export, ExportFile, Portion
from rollbook.http import Door
from rollbook.pages import Item, read_item, read_json
from rollbook.plugins import Visit
from rollbook.types import Account, Page

#: The answers that show an account's own posts.
_METHODS = frozenset((
    "app.bsky.feed.getAuthorFeed", "app.bsky.actor.getProfile", "com.atproto.repo.listRecords",
    "com.atproto.repo.getRecord",
))
#: The largest file that is read; a repository of 100,000 posts has some 100 MB, without pictures.
CAR_BYTES = 512 * 1024 * 1024


def _document(visit: Visit, door: Door) -> bytes:
    """The account's DID document, as the network has it today."""
    network = Network(visit, door)
    return json.dumps(dict(network.document(network.identify().did).data)).encode()


def _recognises(names: frozenset[str]) -> bool:
    return len(names) == 1 and all(name.lower().endswith(".car") for name in names)


def _read(export: ExportFile, account: Account) -> Iterator[Portion]:
    """The public records, in the repository's order. **Raises** PageError where hashes or signature do not hold."""
    (member,) = export.names
    if not export.document:
        problem = "is signed, and read beside its account's DID document only, which `rollbook import` asks for"
        raise PageError(problem, account=account.key, place=member, code="no-document")
    document = _read_document(export.document, account)
    did, handles = document.text("id"), _handles(document)
    registered = account.handle.removeprefix("@")
    if registered != did and registered.lower() not in handles:
        problem = f"the DID document is that of {', '.join(handles) or did}, another account"
        raise document.refuse(problem, code="foreign-id")
    handle = registered.lower() if registered != did else next(iter(handles), "")
    try:
        key = SigningKey.of(document)
        repository = read_repository(export.whole(member, limit_bytes=CAR_BYTES), did, key)
        context = {
            "did": did, "handle": handle, "pds": pds_of(document), "rev": repository.rev, "key": key.multibase,
            "commit": base64.b64encode(repository.commit).decode(),
        }
    except NotSound as err:
        raise _refused(err, account, member) from err
    yield Portion("export:records", member, _records(repository, account, member), context)


def _records(repository: Repository, account: Account, member: str) -> Iterator[object]:
    try:
        yield from repository.records(frozenset((POST, REPOST, PROFILE)))
    except NotSound as err:
        raise _refused(err, account, member) from err


def _refused(err: NotSound, account: Account, member: str) -> PageError:
    return PageError(f"is refused: {err}", account=account.key, place=member, code="not-sound")


def _name_for(content: bytes) -> str:
    """A repository file begins with the map "roots" and "version". **Source**: CARv1."""
    return "repo.car" if b"eroots" in content[:64] and b"gversion" in content[:128] else ""


def _read_document(data: bytes, account: Account) -> Item:
    try:
        return read_item(json.loads(data), "DID document", account.key)
    except (ValueError, RecursionError) as err:
        problem = "is no JSON; expected the account's DID document"
        raise PageError(problem, account=account.key, place="DID document", code="not-json") from err


def _handles(document: Item) -> list[str]:
    names = document.texts("alsoKnownAs")
    return [name.removeprefix("at://").lower() for name in names if name.startswith("at://")]


def _recorded(page: Page, account: Account) -> Page | None:
    """Whether a recorded answer of the AppView, or of a repository by its DID, is this account's."""
    registered = account.handle.removeprefix("@").lower()
    method, asked = urlsplit(page.url).path.rpartition("/")[2], dict(parse_qsl(urlsplit(page.url).query))
    if method not in _METHODS:
        return None
    try:
        top = read_item(read_json(page), page.part, account.key)
    except PageError:
        return None
    context = {**page.context, "handle": registered}
    if asked.get("repo", "").lower() == registered.lower() and registered.startswith("did:"):
        return replace(page, context={**context, "did": registered, "handle": ""})
    feed = top.data.get("feed")
    views = [entry.get("post") for entry in feed if isinstance(entry, dict)] if isinstance(feed, list) else []
    people = [top.data, *(view.get("author") for view in views if isinstance(view, dict))]
    for one in people:
        did = str(one.get("did", "")) if isinstance(one, dict) else ""
        if did and isinstance(one, dict) and registered in (str(one.get("handle", "")).lower(), did):
            return replace(page, context={**context, "did": did})
    return None


EXPORT = Export(recognises=_recognises, read=_read, name_for=_name_for, document=_document, recorded=_recorded)
