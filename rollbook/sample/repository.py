"""The AT Protocol repositories of the sample's accounts: what each account's data server holds.

**Source**: the lexicons app.bsky.actor.profile, app.bsky.feed.{post,repost}, app.bsky.embed.*; atproto.com/specs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property

from rollbook.sample.album import picture
from rollbook.sample.markup import facets
from rollbook.sample.native import blob_cid, did, record_cid, tid
from rollbook.sample.posts import Post, Profile, Story

POST, REPOST, PROFILE = "app.bsky.feed.post", "app.bsky.feed.repost", "app.bsky.actor.profile"
Record = Mapping[str, object]
#: When every account was opened.
_JOINED_AT = datetime(2024, 8, 12, tzinfo=UTC)


class Repo:
    """One account's repository: its records by collection and key."""

    def __init__(self, network: Repositories, profile: Profile) -> None:
        self._network, self.profile, self.did = network, profile, did(profile.account)

    @cached_property
    def records(self) -> Mapping[str, Mapping[str, Record]]:
        """Every record; within a collection oldest first."""
        about = {"$type": PROFILE, "displayName": self.profile.name, "createdAt": _iso(_JOINED_AT)}
        if self.profile.about:
            about["description"] = self.profile.about
        found: dict[str, dict[str, Record]] = {PROFILE: {"self": about}, POST: {}, REPOST: {}}
        for post in self._network.story.of(self.profile.by):
            found[_collection(post)][tid(post.at, post.key)] = self._network.record(post.key)
        return found

    @cached_property
    def rev(self) -> str:
        """The repository's revision: it moves with every change."""
        return tid(self._network.story.changed_at[self.profile.by], self.did)

    def uri(self, collection: str, key: str) -> str:
        """The address of a record."""
        return f"at://{self.did}/{collection}/{key}"

    def entry(self, collection: str, key: str) -> dict[str, object]:
        """A record with its address and content identifier, as the repository methods give it."""
        record = self.records[collection][key]
        return {"uri": self.uri(collection, key), "cid": record_cid(record), "value": record}

    @cached_property
    def blobs(self) -> Mapping[str, str]:
        """Names of the account's pictures by content identifier."""
        names = (photo.name for post in self._network.story.of(self.profile.by) for photo in post.media)
        return {blob_cid(picture(name).data): name for name in names}


class Repositories:
    """Every repository in one state, outsiders' too."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.by_did = {did(profile.account): Repo(self, profile) for profile in story.on("bluesky")}
        self._by_handle = {repo.profile.handle: repo for repo in self.by_did.values()}
        self._records: dict[str, Record] = {}

    def find(self, name: str) -> Repo | None:
        """The repository of an identifier or a handle."""
        return self.by_did.get(name) or self._by_handle.get(name)

    def did_of(self, handle: str) -> str | None:
        """The identifier of a handle; None where nobody has it."""
        repo = self._by_handle.get(handle)
        return repo.did if repo else None

    def record(self, key: str) -> Record:
        """The record of a post of the sample, by its key there."""
        if key not in self._records:
            post = self.story.posts[key]
            self._records[key] = self._repost(post) if post.repost_of else self._post(post)
        return self._records[key]

    def _strong_ref(self, key: str) -> dict[str, object]:
        post = self.story.posts[key]
        author = did(self.story.profiles[post.by].account)
        uri = f"at://{author}/{_collection(post)}/{tid(post.at, post.key)}"
        return {"uri": uri, "cid": record_cid(self.record(key))}

    def _repost(self, post: Post) -> Record:
        return {"$type": REPOST, "subject": self._strong_ref(post.repost_of), "createdAt": _iso(post.at)}

    def _post(self, post: Post) -> Record:
        text, found = facets(post.text, self.did_of)
        record: dict[str, object] = {"$type": POST, "text": text, "createdAt": _iso(post.at), "langs": [post.lang]}
        if found:
            record["facets"] = found
        if post.reply_to:
            parent = self.story.posts[post.reply_to]
            root = parent.reply_to or parent.key
            record["reply"] = {"parent": self._strong_ref(parent.key), "root": self._strong_ref(root)}
        embed = self._embed(post)
        if embed:
            record["embed"] = embed
        return record

    def _embed(self, post: Post) -> Record | None:
        pictures = {
            "$type": "app.bsky.embed.images",
            "images": [{"alt": photo.alt, "image": _blob(photo.name)} for photo in post.media],
        }
        if post.quote_of:
            quoted = {"$type": "app.bsky.embed.record", "record": self._strong_ref(post.quote_of)}
            if not post.media:
                return quoted
            return {"$type": "app.bsky.embed.recordWithMedia", "record": quoted, "media": pictures}
        if post.media:
            return pictures
        if post.card:
            external = {"uri": post.card["url"], "title": post.card["title"], "description": post.card["description"]}
            return {"$type": "app.bsky.embed.external", "external": external}
        return None


def _collection(post: Post) -> str:
    return REPOST if post.repost_of else POST


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _blob(name: str) -> Record:
    found = picture(name)
    return {"$type": "blob", "ref": {"$link": blob_cid(found.data)}, "mimeType": found.type, "size": len(found.data)}
