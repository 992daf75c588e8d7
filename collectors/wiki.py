"""A user of a wiki made with MediaWiki: every revision that the user made, every file, the user's own page.

Source: the wiki's action API. The register names it and the user, ``wiki:https://wiki.example/w/api.php#User_Name``;
the wiki's page Special:Version says where its ``api.php`` is. ``list=usercontribs``, ``prop=revisions``,
``list=allimages``. https://www.mediawiki.org/wiki/API:Main_page.
Access: none. A wiki that only members may read is the error "no-access".
Rate: ``maxlag=5``, as the wiki's makers ask for: a wiki that is behind with its work is left alone. A visit takes three
requests, and one for each 25 revisions in the window.
Order: newest first, the revisions of one answer as the wiki has them; pages by ``continue``.
Cursor: ``id``, the wiki's own number of the user, and the ``newest`` contribution's time.
Edits and deletions: one post a revision, since a revision never changes: the summary, and the lines that the revision
before it did not have; what other people wrote on the page is not the user's. One post a file, with its first comment.
A revision that the wiki does not know any more (``badrevids``) or whose text it hides is gone; its log of deletions
says why. What follows a hidden revision is marked, since nobody can tell what was added to it. A name that belongs to
another user than before is the error "foreign-id".
Owners' exports: WARC and WACZ files in which answers of the API were recorded: revisions together with the ones before
them, uploads, the user.
Not collected: other people's revisions and files, the page as it looks today, what was only removed or moved, markup
turned into pictures and boxes (the text is what the user typed), talk tools and boards of extensions.
Tested: live against MediaWiki 1.39.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from urllib.parse import parse_qs

from collectors._wiki_api import Wiki, query_of
from collectors._wiki_revisions import parse, recorded, script_of
from rollbook.errors import AccountGone, CollectError
from rollbook.exports import Export
from rollbook.http import Door
from rollbook.pages import BEGINNING, Item, latest, reach, read_item, read_json, read_time
from rollbook.plugins import Presence, Sweep, Visit, collector
from rollbook.types import Page, Post

#: Half of the 50 that one request gives with their text: each comes with the one before it. **Source**: API:Revisions.
REVISIONS = 25
#: How much text one request asks for, in bytes; a wiki cuts its answers at 8 MiB ($wgAPIMaxResultSize).
BATCH_BYTES = 4_000_000
#: The most that a list gives without a login. **Source**: API:Usercontribs, API:Allimages.
LISTED = 500


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks for each revision by its number and each file by its name; what the wiki does not know is gone."""
    try:
        wiki = Wiki.of(visit, door)
    except CollectError as err:
        yield from (Presence(post.id, "unclear", str(err)) for post in posts)
        return
    for post in posts:
        native = post.id.partition("#")[2]
        number = native.removeprefix("revision/")
        try:
            if number.isdigit():
                yield _revision(wiki, post, number)
            elif native.startswith("File:") and "@" in native:
                yield _file(wiki, post, native)
            else:
                yield Presence(post.id, "unclear", "its number on the wiki is not known")
        except CollectError as err:
            yield Presence(post.id, "unclear", str(err))


def _revision(wiki: Wiki, post: Post, number: str) -> Presence:
    page = wiki.ask("lookup", {"prop": "revisions", "revids": number, "rvprop": "ids|user|sha1"})
    query = query_of(page)
    unknown, title = query.data.get("badrevids"), next(iter(parse_qs(post.url.partition("?")[2]).get("title", [])), "")
    if isinstance(unknown, dict) and number in unknown:
        return Presence(post.id, "gone", f"badrevids: the wiki knows no such revision{_log(wiki, title)}", page)
    found = (revision for one in query.items("pages") for revision in one.items("revisions"))
    revision = next((revision for revision in found if revision.name("revid") == number), None)
    if revision is None:
        return Presence(post.id, "unclear", "the answer does not speak of the revision", page)
    if revision.data.get("sha1hidden") is True:
        return Presence(post.id, "gone", f"sha1hidden: the wiki hides the revision's text{_log(wiki, title)}", page)
    return Presence(post.id, "here", "the wiki knows the revision", page)


def _log(wiki: Wiki, title: str) -> str:
    """What the wiki's log of deletions says of a page last; empty where it says nothing."""
    if not title:
        return ""
    try:
        page = wiki.ask("lookup", {"list": "logevents", "letype": "delete", "letitle": title, "lelimit": 1})
    except CollectError:
        return ""
    told = query_of(page).items("logevents")
    if not told:
        return ""
    what, when, why = (told[0].words(name) for name in ("action", "timestamp", "comment"))
    return f"; its log says “{what}” on {when}" + (f": {why[:200]}" if why else "")


def _file(wiki: Wiki, post: Post, native: str) -> Presence:
    title, _, made_at = native.rpartition("@")
    asked: dict[str, str | int] = {"prop": "imageinfo", "titles": title, "iiprop": "timestamp|user", "iilimit": LISTED}
    page = wiki.ask("lookup", asked)
    found = next(iter(query_of(page).items("pages")), None)
    if found is None:
        return Presence(post.id, "unclear", "the answer does not speak of the file", page)
    versions = found.items("imageinfo")
    if any(version.words("timestamp") == made_at and "filehidden" not in version.data for version in versions):
        return Presence(post.id, "here", "the wiki has this version of the file", page)
    if found.data.get("missing") is True and found.data.get("known") is not True:
        return Presence(post.id, "gone", f"missing: the wiki has no such file{_log(wiki, title)}", page)
    if versions and "continue" not in read_item(read_json(page), page.part, page.account).data:
        return Presence(post.id, "gone", "the wiki lists every version of the file without this one", page)
    return Presence(post.id, "unclear", "the answer does not say which versions there are", page)


# -- a visit -----------------------------------------------------------------------------------------------------


@collector("wiki", parse=parse, look_up=look_up, export=Export(recorded=recorded))
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the user's own page, then the revisions and the files of the window."""
    wiki = Wiki.of(visit, door)
    page = wiki.ask("profile", {
        "meta": "siteinfo", "siprop": "general", "list": "users", "ususers": wiki.user,
        "usprop": "registration|blockinfo", "titles": f"User:{wiki.user}", "prop": "revisions", "rvprop": "ids|content",
        "rvslots": "main",
    })
    query = query_of(page)
    user = _check(wiki, query)
    yield page
    general = query.item_or_none("general")
    context = {"script": script_of(general), "lang": general.words("lang") if general else ""}
    wiki = replace(wiki, context={name: value for name, value in context.items() if value})
    walk = _Walk(wiki)
    yield from walk.contributions()
    yield from walk.uploads()
    if user.words("blockexpiry") in ("infinite", "infinity") and user.data.get("blockpartial") is not True:
        problem = f"the wiki has blocked the user for good: {user.words('blockreason')[:200] or 'it does not say why'}"
        raise AccountGone(problem, account=wiki.key, code="suspended")
    newest = {"newest": walk.newest.isoformat()} if walk.newest else {}
    return Sweep({"id": user.name("userid"), **newest}, covered_from=walk.since)


def _check(wiki: Wiki, query: Item) -> Item:
    """The user of the answer. **Raises** AccountGone; PageError (foreign-id) where the name is somebody else's now."""
    user = next(iter(query.items("users")), None)
    if user is None:
        raise query.refuse("'users' is empty; expected the user that was asked for")
    if user.data.get("missing") is True or user.data.get("invalid") is True:
        new = _new_name(wiki)
        problem = f"is called {new!r} now: register the new name" if new else "is not there: it was never registered"
        raise AccountGone(
            f"the wiki's user {wiki.user!r} {problem}", account=wiki.key, code="renamed" if new else "not-found"
        )
    number = user.name("userid")
    if not number:
        raise user.refuse("'userid' is missing; expected the wiki's number of the user")
    wiki.visit.check_number(user, number, "user")
    return user


def _new_name(wiki: Wiki) -> str:
    """What a user that is not there any more is called now; empty where the wiki's log does not say."""
    try:
        page = wiki.ask("profile", {
            "list": "logevents", "letype": "renameuser", "letitle": f"User:{wiki.user}", "lelimit": 1,
        })
        told = query_of(page).items("logevents")
        details = told[0].item_or_none("params") if told else None
        return details.words("newuser") if details else ""
    except CollectError:  # a wiki that renames nobody knows no such log
        return ""


class _Walk:
    """The way through what a user wrote and uploaded, and what was seen on it."""

    def __init__(self, wiki: Wiki) -> None:
        self._wiki = wiki
        self.newest = read_time(wiki.visit.cursor.get("newest", ""))
        self.since = reach(wiki.visit, self.newest)

    def contributions(self) -> Iterator[Page]:
        """The revisions of the window with those before them."""
        asked = {"list": "usercontribs", "ucuser": self._wiki.user, "ucprop": "ids|timestamp|size|sizediff"}
        for page, query in self._wiki.each("contributions", {**asked, "uclimit": LISTED, **self._until("ucend")}):
            yield page
            made = query.objects("usercontribs")
            self._note(page, made)
            known = [item for item in made if item.count("revid") and item.count("parentid") is not None]
            for wanted in _batches(known):
                yield from _revisions(self._wiki, wanted)

    def uploads(self) -> Iterator[Page]:
        """The files of the window."""
        for page, query in self._wiki.each("uploads", {
            "list": "allimages", "aiuser": self._wiki.user, "aisort": "timestamp", "aidir": "descending",
            "ailimit": LISTED, "aiprop": "timestamp|user|comment|url", **self._until("aiend"),
        }):
            yield page
            self._note(page, query.objects("allimages"))

    def _until(self, name: str) -> dict[str, str]:
        return {} if self.since == BEGINNING else {name: f"{self.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}

    def _note(self, page: Page, items: Sequence[Item]) -> None:
        times = (read_time(str(item.data.get("timestamp"))) for item in items)
        self.newest = latest(self.newest, (moment for moment in times if moment), page)


def _revisions(wiki: Wiki, wanted: Sequence[Item]) -> Iterator[Page]:
    """Revisions, each with the one before it; where the wiki cuts its answer, half as many at once."""
    numbers = dict.fromkeys(item.count(name) for item in wanted for name in ("revid", "parentid"))
    asked = "|".join(str(number) for number in numbers if number)
    context = {"wanted": "|".join(str(item.count("revid")) for item in wanted)}
    page = wiki.ask("revisions", {
        "prop": "revisions", "revids": asked, "rvprop": "ids|timestamp|user|comment|content", "rvslots": "main",
    }, context)
    if "continue" in read_item(read_json(page), page.part, page.account).data and len(wanted) > 1:
        half = len(wanted) // 2
        yield from _revisions(wiki, wanted[:half])
        yield from _revisions(wiki, wanted[half:])
    else:
        yield page


def _batches(made: Sequence[Item]) -> Iterator[list[Item]]:
    """Revisions to be asked for together: no more than one answer holds with the ones before them."""
    batch: list[Item] = []
    total = 0
    for item in made:
        size = item.count("size") or 0
        change = item.data.get("sizediff")
        both = 2 * size - (change if isinstance(change, int) else 0)
        if batch and (len(batch) >= REVISIONS or total + both > BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += both
    if batch:
        yield batch
