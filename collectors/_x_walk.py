"""The way through an account's posts on X: what is new, the last days again, and a history over several months.

What a month's reads paid for is not asked again: wherever a visit ends, the cursor says what it read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from collectors._x_access import READS_PER_POST, Reader
from collectors._x_posts import versions
from collectors._x_words import is_id, made_at
from rollbook.budget import BudgetExhausted
from rollbook.errors import AccountGone, CollectError, PageError
from rollbook.pages import Item, read_item, read_json, refuse, step
from rollbook.types import Page

#: The fewest and most posts of one page, and the most ids of one look-up. **Source**: X's OpenAPI document 2.167.
FEWEST, MOST = 5, 100


#: From when on X may be asked for posts; an earlier moment is an answer 400.
#: **Source**: https://docs.x.com/x-api/users/get-posts, ``start_time``, read 2026-11.
_EARLIEST = datetime(2010, 11, 6, tzinfo=UTC)


def made_since(moment: datetime) -> dict[str, str | int]:
    """The window of the posts made since a moment, as X wants it asked."""
    return {"start_time": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"} if moment >= _EARLIEST else {}


def lookup(reader: Reader, numbers: Sequence[str], part: str, context: dict[str, str]) -> Page:
    """Up to a hundred posts by their ids. **Raises** CollectError."""
    params: dict[str, str | int] = {"ids": ",".join(numbers)}
    return reader.ask_posts("/2/tweets", part, params, context, len(numbers) * READS_PER_POST)


class Walk:
    """The way through an account's posts, and what was seen on it."""

    def __init__(self, reader: Reader, number: str) -> None:
        self._reader, self._number = reader, number
        newest = reader.visit.cursor.get("newest", "")
        #: The newest version that the last visit saw; empty for a first visit.
        self.known = newest if is_id(newest) else ""
        self._newest = int(self.known or 0)
        left = reader.visit.cursor.get("left", "")
        #: The oldest post that was read of a history that is not read to its end; empty where it is.
        self.left = left if is_id(left) else ""
        self._lowest = 0
        self.seen: set[str] = set()
        self.oldest: datetime | None = None

    def cursor(self) -> dict[str, str]:
        """Where the next visit begins."""
        newest = {"newest": str(self._newest)} if self._newest else {}
        left = {"left": self.left} if self.left else {}
        return {"id": self._number, **newest, **left, "schema": self._reader.schema}

    def news(self) -> Iterator[Page]:
        """What was posted since the last visit."""
        return self.pages({"since_id": self.known})

    def again(self, since: datetime) -> Iterator[Page]:
        """What the last visit knew of the posts since a moment, once more.

        Where the month's reads end here the news are read all the same: a month later they are not asked again.
        """
        try:
            yield from self.pages({**made_since(since), "until_id": str(int(self.known) + 1)})
        except BudgetExhausted as err:
            err.cursor = self.cursor()
            raise

    def history(self) -> Iterator[Page]:
        """All posts, or those that are left of them. Whatever ends it, the next visit goes on from there."""
        if self.left:  # the last days may reach below it
            self.left = str(min(int(self.left), self._lowest or int(self.left)))
        self._lowest = int(self.left or 0)
        try:
            yield from self.pages({"until_id": self.left} if self.left else {})
        except CollectError as err:
            if self._lowest:
                self.left = str(self._lowest)
                err.cursor = self.cursor()
            raise
        self.left = ""

    def pages(self, window: dict[str, str | int]) -> Iterator[Page]:
        """Every page of a window, the earlier versions of newly edited posts before the page that shows the last."""
        params, tokens = dict(window), set[str]()
        context = {"account_id": self._number}
        while True:
            params["max_results"] = most = self._affordable()
            route = f"/2/users/{self._number}/tweets"
            page = self._reader.ask_posts(route, "timeline", params, context, most * READS_PER_POST)
            top = read_item(read_json(page), page.part, page.account)
            posts = self._posts(page, top)
            yield from self._versions(posts, context)
            yield page
            self._note(posts)
            meta = top.item_or_none("meta")
            token = meta.words("next_token") if meta else ""
            if not token:
                return
            params["pagination_token"] = step(page, token, tokens)

    def _affordable(self) -> int:
        """How many posts the month's reads allow to ask for. **Raises** BudgetExhausted."""
        budget = self._reader.budget
        most = min(MOST, budget.left() // READS_PER_POST)
        if most < FEWEST:
            problem = f"the smallest page that X gives may take {FEWEST * READS_PER_POST} reads; {budget.says()}"
            raise BudgetExhausted(problem, account=self._reader.key, place="timeline")
        return most

    def _posts(self, page: Page, top: Item) -> list[Item]:
        """The posts of a page that can be read. **Raises** AccountGone, PageError."""
        data = top.data.get("data")
        if data is None:
            told = top.items("errors")
            said = " ".join(problem.words("detail") for problem in told)[:200]
            if "suspended" in said.lower():
                raise AccountGone(f"X has suspended the account ({said})", account=page.account, code="suspended")
            if any(problem.words("type").endswith("/not-authorized-for-resource") for problem in told):
                raise AccountGone(f"the account is no longer public ({said})", account=page.account, code="private")
            meta = top.item_or_none("meta")
            if told or meta is None or meta.count("result_count") != 0:
                raise refuse(page, "schema", f"X says: {said}" if said else "the answer holds no posts")
            return []
        return [post for post in top.objects("data") if is_id(str(post.data.get("id", ""))) and self._is_own(post)]

    def _is_own(self, post: Item) -> bool:
        """Whether a post counts for the cursor: the page's own parse marks what is somebody else's."""
        return str(post.data.get("author_id") or self._number) == self._number

    def _was_read(self, number: int) -> bool:
        """Whether an earlier visit read a version: of what is left of the history none did."""
        return int(self.left or 0) <= number <= int(self.known or 0)

    def _note(self, posts: Sequence[Item]) -> None:
        """Takes note of the posts of a page that was read."""
        for number in (post.name("id") for post in posts):
            self.seen.add(number)
            self._newest = max(self._newest, int(number))
            self._lowest = min(self._lowest or int(number), int(number))
            made = made_at(number)
            self.oldest = min(made, self.oldest) if made and self.oldest else made or self.oldest

    def _versions(self, posts: Sequence[Item], context: dict[str, str]) -> Iterator[Page]:
        """The earlier versions of posts that no visit has read so far."""
        wanted: list[str] = []
        for post in posts:
            try:
                chain = versions(post)
            except PageError:
                continue  # the page's own parse marks it
            if not self._was_read(int(post.name("id"))):
                wanted += [number for number in chain if number != post.name("id")]
        for start in range(0, len(wanted), MOST):
            yield lookup(self._reader, sorted(wanted, key=int)[start : start + MOST], "versions", context)
