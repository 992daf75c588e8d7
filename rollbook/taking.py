"""Taking in: what a page shows of an account's posts becomes versions, captures and media in the archive.

A visit and an owner's export take their pages in by the same code. The same post read from both is one post with both
captures: networks and exports spell the addresses of pictures differently, so what an export alone has shown is held
against what the other shows by words and descriptions. Where an export tells no ids, recognising.py finds the post.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from rollbook.archive.archive import Archive
from rollbook.archive.names import held_under
from rollbook.archive.posts import Known, known_posts, unfinished_media
from rollbook.archive.schema import stamp
from rollbook.errors import CollectError, PageError
from rollbook.exports import RECORDED
from rollbook.formats import fingerprint, likeness
from rollbook.pages import clean
from rollbook.plugins import Collector
from rollbook.recognising import Recognising, Same
from rollbook.types import Account, Media, Page, Post, State

#: The code of an account that no visit can read: its owner hands over exports. That is a gap, and no failure of a run.
IMPORT_ONLY = "import-only"


@dataclass
class Outcome:
    """What one visit or import did; a visit's becomes the account's line in the completeness table."""

    account: Account
    began_at: datetime
    ended_at: datetime
    #: Empty when it finished.
    code: str = ""
    problem: str = ""
    cursor: Mapping[str, str] = field(default_factory=dict)
    expected: int | None = None
    pages: int = 0
    new: int = 0
    edited: int = 0
    gone: int = 0
    #: Posts that were known, with the same content from another source: one post, a further capture.
    noted: int = 0
    media_failed: int = 0
    marked: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether it should have finished and did not."""
        return self.code not in ("", IMPORT_ONLY)

    def end(self, at: datetime) -> None:
        """Ends it; what a platform said in a refusal stays without what no database stores."""
        self.ended_at, self.problem = at, clean(self.problem)
        self.marked = [clean(line) for line in self.marked]


@dataclass(frozen=True, slots=True)
class Kept:
    """The bytes of a picture or other media, and where they came from."""

    body: bytes
    mime: str
    record_id: str


#: Gives the bytes of one of a post's media, for the page that it stood on. **Raises** CollectError.
FetchMedia = Callable[[Post, Media, Page], Kept]


def _recorded_later(page: Page, known: Known) -> bool:
    """Whether somebody recorded a page after its post was last seen: then it shows how the post stood since."""
    return RECORDED in page.context and known.state != "gone" and page.fetched_at > known.seen_at


def _edited_later(post: Post, known: Known) -> bool:
    return known.state != "gone" and post.edited_at is not None and post.edited_at > known.version_at


class Taking:
    """Takes the pages of one account in, in a visit or from an export."""

    def __init__(self, archive: Archive, outcome: Outcome, fetch: FetchMedia, *, exported: bool = False) -> None:
        """``exported``: the pages are an owner's, or recorded by somebody, and do not say how a post stands today."""
        self._archive, self._outcome, self._fetch, self._exported = archive, outcome, fetch, exported
        self._account = outcome.account
        #: Every post that stood on a page, by the id that the archive holds it under.
        self.seen: set[str] = set()
        self._recognise = Recognising(outcome.account.key, exported=exported)
        #: The posts of the present page that are held under another id than the page's, by that id.
        self._named: dict[str, tuple[str, Same]] = {}
        self._sightings: dict[str, list[str]] = {}
        #: What this batch adds to what the database knows.
        self._fresh: dict[str, Known] = {}

    def page(self, plugin: Collector, page: Page) -> None:
        """Takes a page in. **Raises** PageError where it is not what was asked for."""
        parsed = plugin.parse(page)
        marked = self._outcome.marked
        marked += [f"{page.part}: {item.where}: {item.problem}" for item in parsed.marked]
        own = []
        for post in parsed.posts:
            if post.account == self._account.key:
                own.append(post)
            else:
                marked.append(f"{page.part}: {post.id}: belongs to {post.account}, not to this account")
        with self._archive.store.begin() as connection:
            same = self._recognise(connection, own)
            self._named = {found.id: (name, found) for name, found in same.items()}
            own = [replace(post, id=same[post.id].id) if post.id in same else post for post in own]
            known = known_posts(connection, [post.id for post in own], alike=self._exported) | {
                post.id: self._fresh[post.id] for post in own if post.id in self._fresh
            }
            lacking = unfinished_media(connection, [post.id for post in own])
        names = [post.id for post in own]
        self.seen.update(names)
        if not self._exported or RECORDED in page.context:
            self._sightings.setdefault(stamp(page.fetched_at), []).extend(names)
        for post in own:
            self._note_name(post, page)
            now = self._take(post, page, known.get(post.id), lacking.get(post.id, set()))
            known[post.id] = self._fresh[post.id] = now
            self._commit_when_due()  # one page may bring hundreds of pictures
        self._commit_when_due()

    def stands(self, names: Collection[str]) -> None:
        """Posts that the network said stand as they were, so that no page brought them."""
        with self._archive.store.begin() as connection:
            held = held_under(connection, list(names))
        self.seen |= {held.get(name, name) for name in names}

    def _note_name(self, post: Post, page: Page) -> None:
        """Records that a post was met under a further name."""
        name, same = self._named.get(post.id, ("", None))
        if same is not None and same.new:
            self._archive.add({
                "kind": "same", "post": post.id, "name": name, "record": page.record_id, "at": stamp(page.fetched_at),
                "url": "" if self._exported else post.url,
            })
            self._named[post.id] = (name, replace(same, new=False))

    def _take(self, post: Post, page: Page, known: Known | None, lacking: set[str]) -> Known:
        own = fingerprint(post)
        content = self._same(post, own, known) if known is not None else own
        later = known is not None and _recorded_later(page, known)
        if known is not None and content in known.contents and (
            (self._exported and not later) or (known.state != "gone" and content == known.latest)
        ):
            self._fetch_media(post, page, [item for item in post.media if item.url in lacking])
            return self._note(post, page, own, content, known)
        version_at = post.edited_at or post.created_at
        older = known is not None and version_at < known.version_at
        if known is not None and self._exported:
            # An export may be older than what is held; only a later time of edit says otherwise.
            older = known.state == "gone" or post.kind == "profile" or version_at <= known.version_at
            if RECORDED in page.context and not _edited_later(post, known):
                older = not later or version_at < known.version_at
        if known is not None and older and content in known.contents:
            return known
        return self._version(post, page, known, older=older)

    def _same(self, post: Post, own: str, known: Known) -> str:
        """The version that shows the same as this post: by its content, or by its words where one is an export's."""
        if post.id in self._named and (version := self._named[post.id][1].version):
            return version
        if own in known.contents or own in known.equal:
            return known.equal.get(own, own)
        if self._exported:
            return known.alike.get(likeness(post), own)
        # A repost in an export has no words; those that the network shows are news.
        if known.from_network or post.kind == "repost":
            return own
        return known.alike.get(likeness(post), own)

    def _note(self, post: Post, page: Page, own: str, content: str, known: Known) -> Known:
        """Notes a further capture of a known version: an export's pages each once, the network's once after those."""
        if page.record_id in known.exported if self._exported else known.from_network:
            return known
        self._archive.add({
            "kind": "capture", "post": post.id, "record": page.record_id, "at": stamp(page.fetched_at),
            "content": own, "version": content,
        })
        self._outcome.noted += 1
        known = replace(known, equal={**known.equal, own: content})
        if self._exported:
            return replace(known, exported=known.exported | {page.record_id})
        return replace(known, from_network=True)

    def _version(self, post: Post, page: Page, known: Known | None, *, older: bool) -> Known:
        """Adds a version that is not held, with its media."""
        content, version_at = fingerprint(post), post.edited_at or post.created_at
        state: State = "new" if known is None else "edited"
        media = self._fetched(post, page, [item for item in post.media if item.url])
        how = "seen again after it was gone" if known is not None and known.state == "gone" and not older else ""
        name = self._named[post.id][0] if post.id in self._named else ""
        self._archive.add_snapshot({
            "kind": "snapshot", "post": post.id, "account": post.account, "state": state,
            "at": stamp(page.fetched_at), "content": content, "record": page.record_id, "how": how,
            **({"older": True} if older else {}), **({"name": name} if name else {}),
        }, post)
        for leaf in media:
            self._archive.add(leaf)
        if state == "new":
            self._outcome.new += post.kind != "profile"  # what the network counts as posts
        else:
            self._outcome.edited += 1
        exported = frozenset({page.record_id}) if self._exported else frozenset[str]()
        alike = {likeness(post): content} if self._exported else {}
        if known is None:
            contents = frozenset({content})
            return Known(
                state, content, contents, version_at, page.fetched_at, exported, not self._exported, {}, alike
            )
        known = replace(
            known, contents=known.contents | {content}, exported=known.exported | exported,
            alike={**known.alike, **alike},
        )
        if older:
            return known
        return replace(
            known, state="edited", latest=content, version_at=version_at, seen_at=page.fetched_at,
            from_network=not self._exported,
        )

    # -- media ---------------------------------------------------------------------------------------------------

    def _fetch_media(self, post: Post, page: Page, items: Iterable[Media]) -> None:
        for leaf in self._fetched(post, page, items):
            if leaf["sha256"]:  # it failed before: only a success is news
                self._archive.add(leaf)

    def _fetched(self, post: Post, page: Page, items: Iterable[Media]) -> list[dict[str, object]]:
        """Fetches media; one leaf each, a failure with its reason."""
        leaves = []
        for item in {item.url: item for item in items if item.url}.values():
            leaf: dict[str, object] = {
                "kind": "media",
                "post": post.id,
                "url": item.url,
                "sha256": None,
                "bytes": 0,
                "mime": "",
                "why": "",
            }
            try:
                kept = self._fetch(post, item, page)
                if not kept.body:
                    place = item.url or ""
                    raise PageError("the file is empty", account=self._account.key, place=place, code="empty")
                leaf |= {
                    "sha256": self._archive.keep(kept.body), "bytes": len(kept.body), "record": kept.record_id,
                    "mime": kept.mime,
                }
            except CollectError as err:
                leaf["why"] = f"{err.code}: {err.cause}"
                self._outcome.media_failed += 1
            leaves.append(leaf)
        return leaves

    # -- acknowledging -------------------------------------------------------------------------------------------

    def _commit_when_due(self) -> None:
        if self._archive.wants_commit:
            self.commit()

    def commit(self) -> None:
        """Acknowledges everything so far."""
        self._archive.commit(seen=self._sightings)
        self._sightings, self._fresh = {}, {}
