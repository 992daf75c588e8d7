"""How a page of a web site becomes a post, and the home page the site's profile."""

from __future__ import annotations

from dataclasses import replace

from rollbook.errors import PageError
from rollbook.hypertext import Hypertext
from rollbook.pages import refuse
from rollbook.site import Border
from rollbook.types import Account, Marked, Page, Parsed, Post
from rollbook.webpage import WebPage, read_webpage


def parse(page: Page) -> Parsed:
    """Reads one page; one of several that is none is marked, but without its home page there is no site."""
    if page.status != 200 or page.part not in ("home", "page", "file"):
        return Parsed()
    try:
        return _posts(page)
    except PageError as err:
        if page.part != "page":
            raise
        return Parsed(marked=(Marked(page.url, f"{err.code}: {err.cause}"),))


def recorded(page: Page, account: Account) -> Page | None:
    """Whether what somebody recorded is a page of this site: its robots.txt speaks of visits, not of what was seen."""
    border = Border.of(account.handle, account.key)
    address = border.own(page.url)
    kind = page.headers.get("content-type", "").partition(";")[0].strip().lower()
    if address is None or kind not in ("text/html", "application/xhtml+xml") or not page.body.strip():
        return None
    return replace(page, part="home" if address == border.home else "page")


def _posts(page: Page) -> Parsed:
    border = Border.of(page.account.partition(":")[2], page.account)
    address = border.own(page.url)
    if address is None:
        raise refuse(page, "foreign-id", "it is no page of the site")
    found = read_webpage(page)
    if found.is_login:
        raise refuse(page, "login-page", "it asks for a password and says nothing else: it is not public")
    is_home = page.part == "home" or address == border.home
    said = found.around() if is_home else found.own
    marked = [Marked(page.url, f"encoding: {found.odd}")] if found.odd else []
    if not (said.text or said.media):
        marked.append(Marked(page.url, "empty: it says nothing before its scripts run; only its title is kept"))
    posts = [_post(page, address, found, said)]
    if is_home:
        posts.insert(0, _profile(page, border.home, found))
    return Parsed(tuple(posts), tuple(marked))


def _profile(page: Page, home: str, found: WebPage) -> Post:
    name = found.site_name or found.title or home
    # No page has a fragment, so this name is free.
    return Post(
        id=f"website:{home}#profile", account=page.account, network="website", kind="profile",
        text="\n".join(part for part in (name, found.description) if part), created_at=page.fetched_at, url=home,
        lang=found.lang,
    )


def _post(page: Page, address: str, found: WebPage, said: Hypertext) -> Post:
    """A page counts from the visit that read this version of it: what pages say of their own dates is not kept up."""
    text = said.text if said.text.startswith(found.title) else "\n".join(
        part for part in (found.title, said.text) if part)
    return Post(
        id=f"website:{address}", account=page.account, network="website", kind="page", text=text,
        created_at=page.fetched_at, url=address, lang=found.lang,
        links=tuple(dict.fromkeys(anchor.url for anchor in said.anchors)), media=said.media,
    )
