"""Stand-ins for Bluesky: the PLC directory, one personal data server (PDS), the AppView, the picture host.

**Source**: the lexicons com.atproto.{identity,repo,sync} and app.bsky.{actor,feed}; error shapes as a PDS 0.4.217
answers (a missing record is HTTP 400, RecordNotFound).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rollbook.sample.album import picture
from rollbook.sample.answers import Answer, Asked, Respond, as_json
from rollbook.sample.native import record_cid
from rollbook.sample.posts import Story
from rollbook.sample.repository import POST, REPOST, Record, Repo, Repositories

PDS = "https://pds.skylark.example"
_PLC = "https://plc.directory"
#: Hosts of the real network whose public methods a collector may ask; the sample answers for them on this machine.
_APP_VIEWS = ("https://public.api.bsky.app", "https://api.bsky.app", "https://bsky.social")
_PICTURES = "https://cdn.bsky.app"
#: A repository lists at most so many records at once; fifty when it is not told.
_PAGE_LIMIT, _PAGE_DEFAULT = 100, 50
#: What app.bsky.feed.getPosts takes at once.
_GET_POSTS_LIMIT = 25


def hosts(story: Story) -> dict[str, Respond]:
    """Every host of the network by its origin: also each handle's own, which proves the handle."""
    network = Repositories(story)
    found: dict[str, Respond] = {
        _PLC: partial(_directory, network), _PICTURES: partial(_picture, network),
        PDS: StandInDataServer(network).respond,
    }
    found |= dict.fromkeys(_APP_VIEWS, StandInAppView(network).respond)
    for repo in network.by_did.values():
        found[f"https://{repo.profile.handle}"] = partial(_handle_host, repo)
    return found


def _refused(error: str, message: str, status: int = 400) -> Answer:
    return as_json({"error": error, "message": message}, status)


_NO_SUCH_FILE = Answer(b"not found", "text/plain", 404)
_NO_SUCH_METHOD = _refused("MethodNotImplemented", "Method Not Implemented", 501)


def _handle_host(repo: Repo, asked: Asked) -> Answer:
    if asked.path == "/.well-known/atproto-did":
        return Answer(repo.did.encode(), "text/plain")
    return _NO_SUCH_FILE


def _directory(network: Repositories, asked: Asked) -> Answer:
    """``GET /did:plc:…``: where an identifier's data server is."""
    wanted = asked.path.lstrip("/")
    repo = network.by_did.get(wanted)
    if repo is None:
        return as_json({"message": f"DID not registered: {wanted}"}, 404)
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": PDS}
    return as_json({
        "@context": ["https://www.w3.org/ns/did/v1"], "id": repo.did,
        "alsoKnownAs": [f"at://{repo.profile.handle}"], "verificationMethod": [], "service": [service],
    })


def _picture(network: Repositories, asked: Asked) -> Answer:
    """Pictures as the AppView links them: ``/img/feed_fullsize/plain/DID/CID@jpeg``."""
    its_did, _, cid = asked.path.partition("/plain/")[2].partition("/")
    repo = network.by_did.get(its_did)
    name = repo.blobs.get(cid.partition("@")[0]) if repo else None
    return Answer(picture(name).data, picture(name).type) if name else _NO_SUCH_FILE


def _resolve_handle(network: Repositories, asked: Asked) -> Answer:
    found = network.did_of(asked.get("handle"))
    return as_json({"did": found}) if found else _refused("InvalidRequest", "Unable to resolve handle")


class StandInDataServer:
    """The data server of every account: the repository methods that read."""

    def __init__(self, network: Repositories) -> None:
        self._network = network
        self._methods: dict[str, Callable[[Repo, Asked], Answer]] = {
            "com.atproto.repo.describeRepo": self._describe, "com.atproto.repo.listRecords": self._list,
            "com.atproto.repo.getRecord": self._get, "com.atproto.sync.getLatestCommit": self._latest,
            "com.atproto.sync.getRepoStatus": self._status, "com.atproto.sync.getBlob": self._get_blob,
            "com.atproto.sync.listBlobs": self._list_blobs,
        }

    def respond(self, asked: Asked) -> Answer:
        """Answers one request."""
        method = asked.path.removeprefix("/xrpc/")
        if method == "com.atproto.identity.resolveHandle":
            return _resolve_handle(self._network, asked)
        if method not in self._methods:
            return _NO_SUCH_METHOD
        name = asked.get("repo") or asked.get("did")
        repo = self._network.find(name)
        if repo is None:
            error = "RepoNotFound" if method.startswith("com.atproto.sync.") else "InvalidRequest"
            return _refused(error, f"Could not find repo: {name}")
        return self._methods[method](repo, asked)

    def _describe(self, repo: Repo, _: Asked) -> Answer:
        collections = [name for name, records in repo.records.items() if records]
        return as_json({
            "handle": repo.profile.handle, "did": repo.did, "didDoc": {"id": repo.did},
            "collections": collections, "handleIsCorrect": True,
        })

    def _list(self, repo: Repo, asked: Asked) -> Answer:
        collection, limit = asked.get("collection"), asked.get("limit", str(_PAGE_DEFAULT))
        if not collection or not limit.isdecimal() or not 1 <= int(limit) <= _PAGE_LIMIT:
            return _refused("InvalidRequest", f"Error: limit can not be greater than {_PAGE_LIMIT}")
        # Newest first unless "reverse"; the cursor is the last key of the page before.
        oldest_first = asked.get("reverse") == "true"
        keys = sorted(repo.records.get(collection, {}), reverse=not oldest_first)
        if cursor := asked.get("cursor"):
            keys = [key for key in keys if (key > cursor if oldest_first else key < cursor)]
        keys = keys[:int(limit)]
        answer: dict[str, object] = {"records": [repo.entry(collection, key) for key in keys]}
        if keys:
            answer["cursor"] = keys[-1]
        return as_json(answer)

    def _get(self, repo: Repo, asked: Asked) -> Answer:
        collection, key = asked.get("collection"), asked.get("rkey")
        if key not in repo.records.get(collection, {}):
            return _refused("RecordNotFound", f"Could not locate record: {repo.uri(collection, key)}")
        return as_json(repo.entry(collection, key))

    def _latest(self, repo: Repo, _: Asked) -> Answer:
        return as_json({"cid": record_cid({"did": repo.did, "rev": repo.rev}), "rev": repo.rev})

    def _status(self, repo: Repo, _: Asked) -> Answer:
        return as_json({"did": repo.did, "active": True, "rev": repo.rev})

    def _list_blobs(self, repo: Repo, _: Asked) -> Answer:
        return as_json({"cids": sorted(repo.blobs)})

    def _get_blob(self, repo: Repo, asked: Asked) -> Answer:
        name = repo.blobs.get(asked.get("cid"))
        if name is None:
            return _refused("BlobNotFound", "Blob not found")
        found = picture(name)
        return Answer(found.data, found.type, headers={"Content-Security-Policy": "default-src 'none'; sandbox"})

class StandInAppView:
    """The AppView: what it makes of all repositories."""

    def __init__(self, network: Repositories) -> None:
        self._network = network
        self._methods: dict[str, Callable[[Asked], Answer]] = {
            "com.atproto.identity.resolveHandle": partial(_resolve_handle, network),
            "app.bsky.actor.getProfile": self._get_profile, "app.bsky.feed.getPosts": self._get_posts,
            "app.bsky.feed.getAuthorFeed": self._author_feed,
        }

    def respond(self, asked: Asked) -> Answer:
        """Answers one request."""
        method = self._methods.get(asked.path.removeprefix("/xrpc/"))
        return method(asked) if method else _NO_SUCH_METHOD

    def _get_profile(self, asked: Asked) -> Answer:
        repo = self._network.find(asked.get("actor"))
        if repo is None:
            return _refused("InvalidRequest", "Profile not found")
        return as_json({
            **_author(repo), "description": repo.profile.about,
            "postsCount": len(repo.records[POST]), "followersCount": 0, "followsCount": 0,
        })

    def _get_posts(self, asked: Asked) -> Answer:
        uris = asked.every("uris", "uris[]")
        if not 1 <= len(uris) <= _GET_POSTS_LIMIT:
            return _refused("InvalidRequest", f"Error: uris must have 1 to {_GET_POSTS_LIMIT} elements")
        # What is gone is left out without a word, as the real one does.
        return as_json({"posts": [view for view in map(self._view, uris) if view]})

    def _author_feed(self, asked: Asked) -> Answer:
        repo = self._network.find(asked.get("actor"))
        if repo is None:
            return _refused("InvalidRequest", "Profile not found")
        items: list[tuple[str, Record]] = [(key, self._shared(repo, key)) for key in repo.records[REPOST]]
        for key in repo.records[POST]:
            items.append((key, {"post": self._view(repo.uri(POST, key))}))  # noqa: PERF401 (mypy loses the type)
        items.sort(key=lambda item: item[0], reverse=True)
        if cursor := asked.get("cursor"):
            items = [item for item in items if item[0] < cursor]
        page = items[:int(asked.get("limit", str(_PAGE_DEFAULT)))]
        answer: dict[str, object] = {"feed": [view for _, view in page]}
        if len(page) < len(items):
            answer["cursor"] = page[-1][0]
        return as_json(answer)

    def _shared(self, repo: Repo, key: str) -> Record:
        record = repo.records[REPOST][key]
        subject = record["subject"]
        assert isinstance(subject, dict)
        reason = {
            "$type": "app.bsky.feed.defs#reasonRepost", "by": _author(repo), "indexedAt": record["createdAt"],
            "uri": repo.uri(REPOST, key),
        }
        return {"post": self._view(str(subject["uri"])), "reason": reason}

    def _view(self, uri: str) -> Record | None:
        its_did, _, rest = uri.removeprefix("at://").partition("/")
        collection, _, key = rest.partition("/")
        repo = self._network.by_did.get(its_did)
        if repo is None or key not in repo.records.get(collection, {}):
            return None
        record = repo.records[collection][key]
        view: dict[str, object] = {
            "uri": uri, "cid": repo.entry(collection, key)["cid"], "author": _author(repo), "record": record,
            "indexedAt": record["createdAt"], "replyCount": 0, "repostCount": 0, "likeCount": 0, "quoteCount": 0,
            "labels": [],
        }
        match record.get("embed"):
            case {"$type": "app.bsky.embed.images", "images": list(images)}:
                view["embed"] = {"$type": "app.bsky.embed.images#view", "images": _shown(repo, images)}
            case {"$type": "app.bsky.embed.external", "external": external}:
                view["embed"] = {"$type": "app.bsky.embed.external#view", "external": external}
            case {"$type": "app.bsky.embed.record", "record": {"uri": str(quoted)}}:
                view["embed"] = {"$type": "app.bsky.embed.record#view", "record": self._quoted(quoted)}
        return view

    def _quoted(self, uri: str) -> Record:
        view = self._view(uri)
        if view is None:
            return {"$type": "app.bsky.embed.record#viewNotFound", "uri": uri, "notFound": True}
        return {
            "$type": "app.bsky.embed.record#viewRecord", "uri": uri, "cid": view["cid"], "author": view["author"],
            "value": view["record"], "indexedAt": view["indexedAt"], "labels": [],
        }


def _shown(repo: Repo, images: list[dict[str, Any]]) -> list[Record]:
    """Pictures as the AppView shows them: by the address of a smaller copy on its own host."""
    found: list[Record] = []
    for image in images:
        address = f"plain/{repo.did}/{image['image']['ref']['$link']}@jpeg"
        found.append({
            "thumb": f"{_PICTURES}/img/feed_thumbnail/{address}",
            "fullsize": f"{_PICTURES}/img/feed_fullsize/{address}", "alt": image["alt"],
        })
    return found


def _author(repo: Repo) -> Record:
    return {"did": repo.did, "handle": repo.profile.handle, "displayName": repo.profile.name, "labels": []}
