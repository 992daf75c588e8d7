"""Collect: visits every account on record and takes in what is new, changed or gone.

An account that fails is named with its cause and its cursor stays where it was; the others go on. A post is gone only
when it is missing from a window that was read in full, and a look-up by its id says so twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from rollbook.archive.archive import Archive
from rollbook.archive.posts import Known, known_posts, last_cursor, unfinished_media, window
from rollbook.archive.schema import stamp
from rollbook.errors import CollectError, PageError, RollbookError, TimeLimit
from rollbook.formats import fingerprint
from rollbook.http import MEDIA_BYTES, Door
from rollbook.plugins import Collector, Presence, Sweep, Visit, collectors
from rollbook.types import MEDIA_PART, Account, Media, Page, Parsed, Post, State
from rollbook.workspace import Workspace

#: Between the two look-ups that establish a deletion, in seconds: a cache that lags is not a deletion.
LOOK_UP_AGAIN_AFTER_S = 2.0


def parse_page(page: Page) -> Parsed:
    """The posts of a captured page, by the collector of its account's network. **Raises** PageError."""
    network = page.account.partition(":")[0]
    plugin = collectors().get(network)
    if plugin is None:
        raise PageError(f"no collector reads {network!r}", account=page.account, code="no-collector")
    return plugin.parse(page)


@dataclass
class Outcome:
    """What one visit did; it becomes the account's line in the completeness table."""

    account: Account
    began_at: datetime
    ended_at: datetime
    #: Empty when the visit finished.
    code: str = ""
    problem: str = ""
    cursor: Mapping[str, str] = field(default_factory=dict)
    expected: int | None = None
    pages: int = 0
    new: int = 0
    edited: int = 0
    gone: int = 0
    media_failed: int = 0
    marked: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Request:
    """What a run was asked to collect."""

    #: Keys; empty for every account on record.
    accounts: frozenset[str] = frozenset()
    since: date | None = None
    full: bool = False
    #: ``time.monotonic()`` after which no further page is asked for.
    deadline: float | None = None


def collect(
    workspace: Workspace, archive: Archive, door: Door, request: Request, run: str, *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC), sleep: Callable[[float], None] = time.sleep,
    tell: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Visits the accounts one after the other; ``tell`` hears of each as it ends.

    **Raises** TimeLimit after what was read so far is safe; ArchiveError.
    """
    outcomes = []
    for account in workspace.register:
        if request.accounts and account.key not in request.accounts:
            continue
        visitor = Visitor(workspace, archive, door, request, account, clock, sleep)
        outcome = visitor.run(run)
        outcomes.append(outcome)
        tell(outcome)
        if outcome.code == "time-limit":
            raise TimeLimit(f"the time limit was reached while {account.key} was read; the next run goes on from there")
    return outcomes


class Visitor:
    """One visit of one account."""

    def __init__(
        self, workspace: Workspace, archive: Archive, door: Door, request: Request, account: Account,
        clock: Callable[[], datetime], sleep: Callable[[float], None],
    ) -> None:
        self._workspace, self._archive, self._door, self._request = workspace, archive, door, request
        self._account, self._clock, self._sleep = account, clock, sleep
        now = clock()
        self.outcome = Outcome(account, now, now)
        #: Every post that stood on a page of this visit.
        self._seen: set[str] = set()
        self._sightings: dict[str, list[str]] = {}
        #: What this batch adds to what the database knows.
        self._fresh: dict[str, Known] = {}

    def run(self, run: str) -> Outcome:
        """Visits, and records how it went; whatever happens, what was read so far is acknowledged."""
        outcome = self.outcome
        try:
            sweep = self._visit()
            outcome.cursor, outcome.expected = sweep.cursor, sweep.expected
        except CollectError as err:
            outcome.code, outcome.problem = err.code, str(err).removeprefix(f"{self._account.key}: ")
        except TimeLimit as err:
            outcome.code, outcome.problem = "time-limit", str(err)
        except RollbookError:
            raise
        except Exception as err:  # a defect in one collector must not cost the other accounts their visit
            outcome.code = "defect"
            outcome.problem = f"the collector failed: {type(err).__name__}: {err}; please report this"
        outcome.ended_at = self._clock()
        self._archive.add({
            "kind": "visit", "run": run, "account": self._account.key, "began_at": stamp(outcome.began_at),
            "ended_at": stamp(outcome.ended_at), "code": outcome.code, "problem": outcome.problem,
            "cursor": dict(outcome.cursor), "expected": outcome.expected, "pages": outcome.pages, "new": outcome.new,
            "edited": outcome.edited, "gone": outcome.gone, "media_failed": outcome.media_failed,
            "marked": outcome.marked,
        })
        self._commit()
        return outcome

    def _visit(self) -> Sweep:
        plugin = collectors().get(self._account.network)
        if plugin is None:
            raise CollectError(f"no collector reads {self._account.network!r} yet", code="no-collector")
        visit = self._asked()
        pages = plugin.collect(visit, self._door)
        while True:
            self._check_time()
            try:
                page = next(pages)
            except StopIteration as end:
                sweep: Sweep = end.value
                break
            self.outcome.pages += 1
            self._take_page(plugin, page)
        if sweep.covered_from is not None:
            self._look_for_missing(plugin, visit, sweep.covered_from)
        return sweep

    def _asked(self) -> Visit:
        with self._archive.store.begin() as connection:
            cursor = {} if self._request.full else last_cursor(connection, self._account.key)
        look_back_to: datetime | None = None
        if self._request.since is not None:
            day = self._request.since
            look_back_to = datetime(day.year, day.month, day.day, tzinfo=self._workspace.school_year.timezone)
        elif cursor and self._workspace.collect.look_back_days is not None:
            look_back_to = self._clock() - timedelta(days=self._workspace.collect.look_back_days)
        settings = self._workspace.collect.networks.get(self._account.network, {})
        return Visit(self._account, cursor, look_back_to, settings)

    def _check_time(self) -> None:
        if self._request.deadline is not None and time.monotonic() > self._request.deadline:
            raise TimeLimit("the time limit was reached before the visit was over")

    # -- taking in -----------------------------------------------------------------------------------------------

    def _take_page(self, plugin: Collector, page: Page) -> None:
        parsed = plugin.parse(page)
        self.outcome.marked += [f"{page.part}: {item.where}: {item.problem}" for item in parsed.marked]
        own = []
        for post in parsed.posts:
            if post.account == self._account.key:
                own.append(post)
            else:
                self.outcome.marked.append(f"{page.part}: {post.id}: belongs to {post.account}, not to this account")
        with self._archive.store.begin() as connection:
            known = known_posts(connection, [post.id for post in own]) | {
                post.id: self._fresh[post.id] for post in own if post.id in self._fresh
            }
            lacking = unfinished_media(connection, [post.id for post in own])
        names = [post.id for post in own]
        self._seen.update(names)
        self._sightings.setdefault(stamp(page.fetched_at), []).extend(names)
        for post in own:
            now = self._take_post(post, page, known.get(post.id), lacking.get(post.id, set()))
            known[post.id] = self._fresh[post.id] = now
            self._commit_when_due()  # one page may bring hundreds of pictures
        self._commit_when_due()

    def _take_post(self, post: Post, page: Page, known: Known | None, lacking: set[str]) -> Known:
        content, version_at = fingerprint(post), post.edited_at or post.created_at
        if known is not None and content in known.contents and not (known.state == "gone" or content != known.latest):
            self._fetch_media(post, [item for item in post.media if item.url in lacking])
            return known
        older = known is not None and version_at < known.version_at
        if known is not None and older and content in known.contents:
            return known
        state: State = "new" if known is None else "edited"
        media = self._fetched(post, [item for item in post.media if item.url])
        how = "seen again after it was gone" if known is not None and known.state == "gone" else ""
        self._archive.add_snapshot({
            "kind": "snapshot", "post": post.id, "account": post.account, "state": state,
            "at": stamp(page.fetched_at), "content": content, "record": page.record_id, "how": how,
            **({"older": True} if older else {}),
        }, post)
        for leaf in media:
            self._archive.add(leaf)
        if state == "new":
            self.outcome.new += post.kind != "profile"  # what the network counts as posts
        else:
            self.outcome.edited += 1
        if known is None:
            return Known(state, content, frozenset({content}), version_at)
        if older:
            return Known(known.state, known.latest, known.contents | {content}, known.version_at)
        return Known("edited", content, known.contents | {content}, version_at)

    def _fetch_media(self, post: Post, items: Iterable[Media]) -> None:
        for leaf in self._fetched(post, items):
            if leaf["sha256"]:  # it failed before: only a success is news
                self._archive.add(leaf)

    def _fetched(self, post: Post, items: Iterable[Media]) -> list[dict[str, object]]:
        """Fetches media; one leaf each, a failure with its reason."""
        leaves = []
        for url in dict.fromkeys(item.url for item in items if item.url):
            leaf: dict[str, object] = {
                "kind": "media",
                "post": post.id,
                "url": url,
                "sha256": None,
                "bytes": 0,
                "mime": "",
                "why": "",
            }
            try:
                self._check_time()
                page = self._door.fetch(url, account=self._account.key, part=MEDIA_PART, limit_bytes=MEDIA_BYTES)
                if not page.body:
                    raise PageError("the file is empty", account=self._account.key, place=url, code="empty")
                leaf |= {
                    "sha256": self._archive.media.put(page.body), "bytes": len(page.body), "record": page.record_id,
                    "mime": page.headers.get("content-type", "").partition(";")[0].strip().lower(),
                }
            except CollectError as err:
                leaf["why"] = f"{err.code}: {err.cause}"
                self.outcome.media_failed += 1
            leaves.append(leaf)
        return leaves

    def _commit_when_due(self) -> None:
        if self._archive.wants_commit:
            self._commit()

    def _commit(self) -> None:
        self._archive.commit(seen=self._sightings)
        self._sightings, self._fresh = {}, {}

    # -- what is missing -----------------------------------------------------------------------------------------

    def _look_for_missing(self, plugin: Collector, visit: Visit, covered_from: datetime) -> None:
        self._commit()
        with self._archive.store.begin() as connection:
            posts = window(connection, self._account.key, stamp(covered_from))
        missing = [post for post in posts if post.id not in self._seen and post.kind != "profile"]
        if not missing:
            return
        first = self._gone(plugin, visit, missing)
        if not first:
            return
        self._sleep(LOOK_UP_AGAIN_AFTER_S)
        second = self._gone(plugin, visit, [post for post in missing if post.id in first])
        for post in missing:
            if post.id in second:
                self._record_gone(post, first[post.id], second[post.id])

    def _gone(self, plugin: Collector, visit: Visit, posts: list[Post]) -> dict[str, Presence]:
        """Looks posts up by id; those that are there are taken in like any other."""
        found = {}
        for presence in plugin.look_up(visit, posts, self._door):
            self._check_time()
            if presence.state == "gone" and presence.page is not None:
                found[presence.post] = presence
            elif presence.state == "here" and presence.page is not None and presence.page.body:
                try:
                    self._take_page(plugin, presence.page)
                except PageError as err:
                    self.outcome.marked.append(f"look-up of {presence.post}: {err.cause}")
        return found

    def _record_gone(self, post: Post, first: Presence, second: Presence) -> None:
        at = second.page.fetched_at if second.page is not None else self._clock()
        record = second.page.record_id if second.page is not None else ""
        how = (
            f"missing from a window that was read in full; a look-up by its id answered “{first.how}”, "
            f"and again “{second.how}”"
        )
        self._archive.add_snapshot({
            "kind": "snapshot", "post": post.id, "account": post.account, "state": "gone", "at": stamp(at),
            "content": fingerprint(post), "record": record, "how": how,
        }, post)
        self.outcome.gone += 1
