"""Posts, pages and the name of a site as WordPress's REST API gives them.

**Source**: https://developer.wordpress.org/rest-api/reference/posts/, /pages/ and /media/; as 6.1 answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from rollbook.bodies import word_of
from rollbook.errors import PageError
from rollbook.hypertext import media_type, read_html
from rollbook.pages import Item, entries, mark, read_each, read_item, read_json, refuse
from rollbook.types import Account, Marked, Media, MediaType, Page, Parsed, Post, PostKind

#: The lists that are read, by their names in the API, and what their posts are.
KINDS: dict[str, PostKind] = {"posts": "post", "pages": "page"}
#: What is asked for along with a post: the picture above it, and its tags.
EMBED = "wp:featuredmedia,wp:term"


def parse(page: Page) -> Parsed:
    """Reads the list of posts, the single post or the site's name of a page by its shape."""
    if page.status != 200:
        return Parsed()
    top = read_json(page)
    if isinstance(top, list):
        return read_each(page, top, page.part, partial(_posts, page=page))
    item = read_item(top, page.part, page.account)
    if page.part == "file" and isinstance(item.data.get("body"), list) and "status" in item.data:  # ?_envelope
        return read_each(page, entries(item, "body"), "body", partial(_posts, page=page))
    if "id" in item.data and {"content", "type"} & set(item.data):
        return read_each(page, [top], page.part, partial(_posts, page=page))
    if "namespaces" in item.data:
        return read_each(page, [top], "profile", partial(_profile, page=page))
    said = item.data.get("message")
    problem = f"the site says: {said}" if said else "the answer holds neither posts nor a site's name"
    raise refuse(page, "schema", problem)


def recorded(page: Page, account: Account) -> Page | None:
    """Whether what somebody recorded is an answer of the site's REST API: its name, its posts or its pages."""
    route = _route(page.url, account.handle)
    if route is None or not page.headers.get("content-type", "").lower().startswith("application/json"):
        return None
    steps = route.strip("/").split("/")
    if steps == [""]:
        return replace(page, part="profile") if b'"namespaces"' in page.body else None
    kind = steps[2] if steps[:2] == ["wp", "v2"] and len(steps) in (3, 4) else ""
    return replace(page, part=kind) if kind in KINDS and b'"content"' in page.body else None


def _route(url: str, site: str) -> str | None:
    """What a recorded address asks of the site's API; None where it asks nothing of it."""
    try:
        asked, own = urlsplit(url), urlsplit(site)
    except ValueError:
        return None
    folder = own.path.rstrip("/")
    if asked.netloc.lower() != own.netloc.lower() or not asked.path.startswith(f"{folder}/"):
        return None
    path = asked.path.removeprefix(folder)
    if path == "/wp-json" or path.startswith("/wp-json/"):
        return path.removeprefix("/wp-json")
    return next((value for name, value in parse_qsl(asked.query) if name == "rest_route"), None)


def error_code(page: Page) -> str:
    """WordPress's own word for an error; empty where the answer has none."""
    return word_of(page.body, "code") if page.status != 200 else ""


def _profile(item: Item, page: Page) -> Post:
    lines = [read_html(item.words(name)).text for name in ("name", "description")]
    icon = item.data.get("site_icon_url")
    return Post(
        id=page.account, account=page.account, network="wordpress", kind="profile",
        text="\n".join(line for line in lines if line), created_at=page.fetched_at,
        url=item.words("home") or item.words("url"),
        media=(Media("image", url=icon),) if isinstance(icon, str) and icon.startswith("http") else (),
    )


def _posts(item: Item, page: Page) -> Sequence[Post | Marked]:
    """A post, and a mark where a picture that belongs to it cannot be read."""
    if item.words("type") == "attachment":
        raise item.refuse("is a file of the media library, not a post", code="not-a-post")
    if "author_name" in item.data and "post" in item.data:
        raise item.refuse("is a reader's comment, not a post", code="not-a-post")
    if item.words("status") not in ("", "publish"):
        raise item.refuse("is not public and was not read in", code="not-public")
    number, link = item.name("id"), item.text("link")
    title = read_html(item.item("title").words("rendered"), link)
    content = item.item("content")
    # An editor who was logged in was shown the words behind a password too.
    body = read_html("" if content.data.get("protected") is True else content.words("rendered"), link)
    made, changed = item.moment("date_gmt"), item.moment_or_none("modified_gmt")
    if not number:
        raise item.refuse("'id' is missing; expected a number")
    try:
        featured, tags, problem = _featured(item), _tags(item), None
    except PageError as err:
        featured, tags, problem = (), (), mark(err, item.place)
    media: dict[str | None, Media] = {}
    for one in (*featured, *body.media):
        if one.url not in media or media[one.url].alt is None:
            media[one.url] = one
    post = Post(
        id=f"{page.account}#{number}", account=page.account, network="wordpress",
        kind="page" if item.words("type") == "page" else "post",
        text="\n".join(part for part in (title.text, body.text) if part), created_at=made, url=link,
        edited_at=changed if changed and changed > made else None,
        links=tuple(dict.fromkeys(anchor.url for anchor in (*title.anchors, *body.anchors))),
        hashtags=tags, media=tuple(media.values()),
    )
    return (post, problem) if problem else (post,)


def _embedded(item: Item) -> Item | None:
    return item.item_or_none("_embedded")


def _featured(item: Item) -> tuple[Media, ...]:
    """The picture above the post; none where the site says an error in its place, as for a private file."""
    embedded = _embedded(item)
    found = embedded.items("wp:featuredmedia") if embedded else ()
    return tuple(
        Media(_kind(entry), url=entry.words("source_url"), alt=entry.words("alt_text") or None)
        for entry in found if entry.words("source_url")
    )


def _kind(entry: Item) -> MediaType:
    return media_type(entry.words("mime_type")) or ("image" if entry.words("media_type") == "image" else "file")


def _tags(item: Item) -> tuple[str, ...]:
    """The names of the post's tags; categories are the site's shelves, not the author's words."""
    embedded = _embedded(item)
    lists = embedded.data.get("wp:term") if embedded else None
    terms = [term for group in lists if isinstance(group, list) for term in group] if isinstance(lists, list) else []
    read = [read_item(term, f"{item.place}._embedded.wp:term", item.account) for term in terms]
    names = [read_html(term.words("name")).text for term in read if term.words("taxonomy") == "post_tag"]
    return tuple(dict.fromkeys(name for name in names if name))
