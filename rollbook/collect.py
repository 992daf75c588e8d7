"""Collect: visits every account on record and takes in what is new, changed or gone.

An account that fails is named with its cause and its cursor stays where it was; the others go on. A post is gone only
when it is missing from a window that was read in full, and a look-up by its id says so twice, on two visits where only
a host says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from rollbook.archive.accounts import former_names
from rollbook.archive.archive import Archive
from rollbook.archive.names import network_names
from rollbook.archive.posts import last_cursor, last_visits, not_there_since, window
from rollbook.archive.schema import stamp
from rollbook.budget import budget_of
from rollbook.errors import CollectError, PageError, RollbookError, TimeLimit
from rollbook.exports import is_made
from rollbook.formats import fingerprint
from rollbook.http import MEDIA_BYTES, Door
from rollbook.plugins import Collector, Presence, Sweep, Visit, collectors
from rollbook.renewing import renew_due
from rollbook.taking import Kept, Outcome, Taking
from rollbook.types import MEDIA_PART, Account, Media, Page, Parsed, Post
from rollbook.workspace import Workspace

#: Between the two look-ups that establish a deletion, in seconds: a cache that lags is not a deletion.
LOOK_UP_AGAIN_AFTER_S = 2.0
#: A list that still goes on after so many pages has no end: the longest histories of accounts take a tenth of it.
MOST_PAGES = 20_000
#: More posts than any account has; a number beyond what the database counts with could not be stored, nor the line of
#: the ledger that holds it be applied ever again.
MOST_POSTS = 10**12
#: How long an address has to answer that nothing is there, where nothing else says that a post is gone: while a site is
#: set up anew its host says so too.
NOT_THERE_FOR = timedelta(hours=6)


def parse_page(page: Page) -> Parsed:
    """The posts of a captured page, by the collector of its account's network. **Raises** PageError."""
    network = page.account.partition(":")[0]
    plugin = collectors().get(network)
    if plugin is None:
        raise PageError(f"no collector reads {network!r}", account=page.account, code="no-collector")
    return plugin.parse(page)


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

    Who was visited longest ago comes first, so that a run that was cut short is gone on with, not begun again.

    **Raises** TimeLimit after what was read so far is safe; ArchiveError.
    """
    outcomes = []
    with archive.store.begin() as connection:
        visited = last_visits(connection)
    for account in sorted(workspace.register, key=lambda account: visited.get(account.key, 0)):
        if request.accounts and account.key not in request.accounts:
            continue
        # A run may last longer than a token lives. What fails was told when the run began, or the visit tells it.
        list(renew_due(workspace, clock(), account.key))
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
        self._taking = Taking(archive, self.outcome, self._fetch)

    def run(self, run: str) -> Outcome:
        """Visits, and records how it went; whatever happens, what was read so far is acknowledged."""
        outcome = self.outcome
        try:
            sweep = self._visit()
            outcome.cursor = sweep.cursor
            outcome.expected = sweep.expected if (sweep.expected or 0) <= MOST_POSTS else None
        except CollectError as err:
            outcome.code, outcome.problem = err.code, str(err).removeprefix(f"{self._account.key}: ")
            outcome.cursor = err.cursor
        except TimeLimit as err:
            outcome.code, outcome.problem = "time-limit", str(err)
        except RollbookError:
            raise
        except Exception as err:  # a defect in one collector must not cost the other accounts their visit
            outcome.code = "defect"
            outcome.problem = f"the collector failed: {type(err).__name__}: {err}; please report this"
        outcome.problem = self._door.without_secrets(outcome.problem)  # a library's words may hold what it sent
        outcome.end(self._clock())
        self._archive.add({
            "kind": "visit", "run": run, "account": self._account.key, "began_at": stamp(outcome.began_at),
            "ended_at": stamp(outcome.ended_at), "code": outcome.code, "problem": outcome.problem,
            "cursor": dict(outcome.cursor), "expected": outcome.expected, "pages": outcome.pages, "new": outcome.new,
            "edited": outcome.edited, "gone": outcome.gone, "media_failed": outcome.media_failed,
            "marked": outcome.marked,
        })
        self._taking.commit()
        return outcome

    def _visit(self) -> Sweep:
        plugin = collectors().get(self._account.network)
        if plugin is None:
            known = ", ".join(sorted(collectors()))
            problem = f"no collector reads {self._account.network!r}; expected one of {known}"
            raise CollectError(problem, code="no-collector")
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
            if self.outcome.pages > MOST_PAGES:
                problem = f"no end after {MOST_PAGES:,} pages; what they say is kept, the rest was not asked for"
                raise PageError(problem, account=self._account.key, place=page.part, code="too-many-pages")
            self._taking.page(plugin, page)
        self._taking.stands(sweep.present)
        self._take_over(sweep)
        self.outcome.marked += [f"{item.where}: {item.problem}" for item in sweep.marked]
        self._look_for_missing(plugin, visit, sweep)
        return sweep

    def _take_over(self, sweep: Sweep) -> None:
        """Posts that the archive holds under a former name of the account are held under this one from now on."""
        with self._archive.store.begin() as connection:
            number = sweep.cursor.get("id", "")
            former = former_names(connection, self._workspace.register, self._account.key, number)
        for name in former:
            self._archive.add({
                "kind": "renamed", "account": name, "to": self._account.key, "at": stamp(self._clock()),
            })
        self._taking.commit()

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
        return Visit(
            self._account, cursor, look_back_to, settings, budget_of(self._workspace, self._account.network)
        )

    def _fetch(self, _post: Post, media: Media, _page: Page) -> Kept:
        self._check_time()
        url = media.url or ""
        page = self._door.fetch(
            url, account=self._account.key, part=MEDIA_PART, limit_bytes=MEDIA_BYTES, public=True
        )
        mime = page.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Kept(page.body, mime, page.record_id)

    def _check_time(self) -> None:
        if self._request.deadline is not None and time.monotonic() > self._request.deadline:
            raise TimeLimit("the time limit was reached before the visit was over")

    # -- what is missing -----------------------------------------------------------------------------------------

    def _look_for_missing(self, plugin: Collector, visit: Visit, sweep: Sweep) -> None:
        covered_from = sweep.covered_from
        if covered_from is None:
            return
        self._taking.commit()
        with self._archive.store.begin() as connection:
            posts = window(connection, self._account.key, stamp(covered_from))
            missing = [
                post for post in posts if post.id not in self._taking.seen
                and post.kind != "profile" and (sweep.kinds is None or post.kind in sweep.kinds)
            ]
            names = network_names(connection, [post.id for post in missing])
        # The network is asked by its own ids; what only an export has shown has none to ask by.
        held_as = {names.get(post.id, post.id): post for post in missing if post.id in names or not is_made(post.id)}
        missing = [replace(post, id=name) for name, post in held_as.items()]
        if not missing:
            return
        first = self._gone(plugin, visit, missing)
        for name, how, presence in self._not_there_for_long(first):
            self._record_gone(held_as[name], sweep, how, presence)
        plain = [post for post in missing if post.id in first and not first[post.id].host_only]
        if not plain:
            return
        self._sleep(LOOK_UP_AGAIN_AFTER_S)
        for name, presence in self._gone(plugin, visit, plain).items():
            self._record_gone(held_as[name], sweep, first[name].how, presence)

    def _not_there_for_long(self, found: Mapping[str, Presence]) -> Iterator[tuple[str, str, Presence]]:
        """The posts at whose address an earlier visit found nothing either, and how it said so."""
        pages = {name: one.page for name, one in found.items() if one.host_only and one.page is not None}
        with self._archive.store.begin() as connection:
            since = not_there_since(connection, self._account.key, [page.url for page in pages.values()])
        for name, page in pages.items():
            earlier = since.get(page.url)
            if earlier is not None and page.fetched_at - earlier >= NOT_THERE_FOR:
                yield name, f"{found[name].how} on {self._workspace.school_year.local(earlier):%Y-%m-%d}", found[name]

    def _gone(self, plugin: Collector, visit: Visit, posts: list[Post]) -> dict[str, Presence]:
        """Looks posts up by id; those that are there are taken in like any other."""
        found = {}
        for presence in plugin.look_up(visit, posts, self._door):
            self._check_time()
            if presence.state == "gone" and presence.page is not None:
                found[presence.post] = presence
            elif presence.state == "here" and presence.page is not None and presence.page.body:
                try:
                    self._taking.page(plugin, presence.page)
                except PageError as err:
                    self.outcome.marked.append(f"look-up of {presence.post}: {err.cause}")
        return found

    def _record_gone(self, post: Post, sweep: Sweep, first: str, second: Presence) -> None:
        at = second.page.fetched_at if second.page is not None else self._clock()
        record = second.page.record_id if second.page is not None else ""
        window = "newer than the oldest item that is listed, and not listed" if sweep.bounded else (
            "missing from a window that was read in full")
        how = f"{window}; a look-up by its id answered “{first}”, and again “{second.how}”"
        self._archive.add_snapshot({
            "kind": "snapshot", "post": post.id, "account": post.account, "state": "gone", "at": stamp(at),
            "content": fingerprint(post), "record": record, "how": how,
        }, post)
        self.outcome.gone += 1
