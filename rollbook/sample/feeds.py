"""Stand-ins for the sample's three web sites: RSS 2.0, JSON Feed 1.1 and Atom, the pages behind them, their pictures.

**Source**: rssboard.org/rss-specification with the content and dc modules; jsonfeed.org/version/1.1; RFC 4287; RFC 9110
for conditional requests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import escape
from urllib.parse import urlsplit

from rollbook.sample.album import picture
from rollbook.sample.answers import Answer, Asked, Respond, as_http_date
from rollbook.sample.markup import Mark, html, written
from rollbook.sample.posts import Post, Profile, Story

_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


def hosts(story: Story) -> dict[str, Respond]:
    """Every web site by its origin."""
    return {_site(profile): StandInFeed(story, profile).respond for profile in story.on("feed")}


def _site(profile: Profile) -> str:
    parts = urlsplit(profile.handle)
    return f"{parts.scheme}://{parts.netloc}"


def address(site: str, post: Post) -> str:
    """Where a post's page is."""
    return f"{site}/news/{post.key}"


class StandInFeed:
    """One web site: its feed, a page for each item, its pictures."""

    def __init__(self, story: Story, profile: Profile) -> None:
        self.profile, self.site = profile, _site(profile)
        #: Newest first, as feeds are written.
        self.posts = story.of(profile.by)[::-1]
        self.changed_at: datetime = story.changed_at[profile.by]
        write = {"rss": self._rss, "atom": self._atom, "json": self._json}[profile.format]
        self._feed = write().encode()

    def respond(self, asked: Asked) -> Answer:
        """Answers one request."""
        if asked.path == urlsplit(self.profile.handle).path:
            return self._conditional(asked)
        if asked.path.startswith("/pictures/"):
            return self._picture(asked.path.removeprefix("/pictures/"))
        for post in self.posts:
            if self.site + asked.path == address(self.site, post):
                return _page(post.title, self._html(post))
        if asked.path == "/":
            return _page(self.profile.name, html(self.profile.about, _anchor))
        return Answer(_page("Not found", "<p>There is no such page.</p>").body, "text/html; charset=utf-8", 404)

    def _conditional(self, asked: Asked) -> Answer:
        tag = '"' + hashlib.sha256(self._feed).hexdigest()[:20] + '"'
        headers = {"ETag": tag, "Last-Modified": as_http_date(self.changed_at), "Cache-Control": "max-age=300"}
        return Answer(self._feed, _TYPES[self.profile.format], 304 if self._is_known(asked, tag) else 200, headers)

    def _is_known(self, asked: Asked, tag: str) -> bool:
        # If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2).
        if tags := asked.headers.get("if-none-match"):
            return tag in [known.strip().removeprefix("W/") for known in tags.split(",")]
        since = asked.headers.get("if-modified-since")
        return since is not None and self.changed_at.replace(microsecond=0) <= parsedate_to_datetime(since)

    def _picture(self, file_name: str) -> Answer:
        for post in self.posts:
            for photo in post.media:
                found = picture(photo.name)
                if found.file_name == file_name:
                    return Answer(found.data, found.type)
        return Answer(b"not found", "text/plain", 404)

    def _html(self, post: Post) -> str:
        pictures = "".join(
            f'<p><img src="{self.site}/pictures/{picture(photo.name).file_name}" alt="{escape(photo.alt)}"></p>'
            for photo in post.media
        )
        return html(post.text, _anchor) + pictures

    def _rss(self) -> str:
        items = "".join(self._rss_item(post) for post in self.posts)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>{escape(self.profile.name)}</title><link>{self.site}/</link>"
            f"<description>{escape(self.profile.about)}</description><language>en-US</language>"
            f"<lastBuildDate>{as_http_date(self.changed_at)}</lastBuildDate>"
            f'<atom:link href="{self.profile.handle}" rel="self" type="application/rss+xml"/>{items}</channel></rss>\n'
        )

    def _rss_item(self, post: Post) -> str:
        link = address(self.site, post)
        enclosures = "".join(
            f'<enclosure url="{self.site}/pictures/{found.file_name}" length="{len(found.data)}" type="{found.type}"/>'
            for found in (picture(photo.name) for photo in post.media[:1])
        )
        return (
            f'<item><title>{escape(post.title)}</title><link>{link}</link><guid isPermaLink="true">{link}</guid>'
            f"<pubDate>{as_http_date(post.at)}</pubDate><description>{escape(_first_paragraph(post))}</description>"
            f"<content:encoded><![CDATA[{self._html(post)}]]></content:encoded>{enclosures}</item>"
        )

    def _atom(self) -> str:
        entries = "".join(
            f'<entry><title>{escape(post.title)}</title><link rel="alternate" href="{address(self.site, post)}"/>'
            f"<id>{address(self.site, post)}</id><published>{post.at.isoformat()}</published>"
            f"<updated>{(post.edited_at or post.at).isoformat()}</updated>"
            f'<content type="html">{escape(self._html(post))}</content></entry>'
            for post in self.posts
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-US">'
            f"<title>{escape(self.profile.name)}</title><subtitle>{escape(self.profile.about)}</subtitle>"
            f'<id>{self.site}/</id><link href="{self.site}/"/><link rel="self" href="{self.profile.handle}"/>'
            f"<updated>{self.changed_at.isoformat()}</updated><author><name>{escape(self.profile.author)}</name></author>"
            f"{entries}</feed>\n"
        )

    def _json(self) -> str:
        items = [self._json_item(post) for post in self.posts]
        feed = {
            "version": "https://jsonfeed.org/version/1.1", "title": self.profile.name, "home_page_url": self.site + "/",
            "feed_url": self.profile.handle, "description": self.profile.about, "language": "en-US", "items": items,
        }
        return json.dumps(feed, ensure_ascii=False, indent=1)

    def _json_item(self, post: Post) -> Mapping[str, object]:
        item: dict[str, object] = {
            "id": address(self.site, post), "url": address(self.site, post), "title": post.title,
            "content_html": self._html(post), "date_published": post.at.isoformat(),
        }
        if post.edited_at:
            item["date_modified"] = post.edited_at.isoformat()
        if post.media:
            item["image"] = f"{self.site}/pictures/{picture(post.media[0].name).file_name}"
        return item


def _first_paragraph(post: Post) -> str:
    return written(post.text)[0].partition("\n\n")[0]


def _anchor(mark: Mark, shown: str) -> str:
    return f'<a href="{escape(mark.target)}">{escape(shown, quote=False)}</a>' if mark.kind == "link" else escape(shown)


def _page(title: str, content: str) -> Answer:
    head = f'<!doctype html><html lang="en"><title>{escape(title)}</title>'
    page = f"{head}<main><h1>{escape(title)}</h1>{content}</main></html>"
    return Answer(page.encode(), "text/html; charset=utf-8")
