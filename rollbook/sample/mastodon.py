"""Stand-ins for two Mastodon servers and the host of their pictures.

**Source**: docs.joinmastodon.org/methods/{accounts,statuses} and /entities; shapes of Mastodon 4.4; a deleted status is
HTTP 404 ``{"error": "Record not found"}``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from html import escape

from rollbook.sample.album import picture
from rollbook.sample.answers import Answer, Asked, Respond, as_json
from rollbook.sample.markup import Mark, html, marks_of
from rollbook.sample.native import snowflake
from rollbook.sample.posts import Photo, Post, Profile, Story

_PICTURES = "https://files.townsquare.example"
#: A timeline gives at most so many statuses at once; twenty when it is not told.
_PAGE_LIMIT, _PAGE_DEFAULT = 40, 20
#: When every account was opened.
_JOINED_AT = datetime(2024, 8, 12, tzinfo=UTC)
_MISSING = as_json({"error": "Record not found"}, 404)


def hosts(story: Story) -> dict[str, Respond]:
    """Every server by its origin."""
    names = {_server(profile) for profile in story.on("mastodon")}
    found: dict[str, Respond] = {f"https://{name}": StandInMastodon(story, name).respond for name in sorted(names)}
    found[_PICTURES] = partial(_picture, story)
    return found


def _server(profile: Profile) -> str:
    return profile.handle.partition("@")[2]


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _picture(story: Story, asked: Asked) -> Answer:
    wanted = asked.path.rpartition("/")[2]
    for post in story.posts.values():
        for photo in post.media:
            found = picture(photo.name)
            if found.file_name == wanted:
                return Answer(found.data, found.type)
    return Answer(b"not found", "text/plain", 404)


class StandInMastodon:
    """One server: its own accounts, and the outsiders' posts that it has seen."""

    def __init__(self, story: Story, name: str) -> None:
        self.story, self.name = story, name
        profiles = story.on("mastodon")
        self._accounts = {self._account_id(profile): profile for profile in profiles}
        names = {profile.by for profile in profiles}
        self._statuses = {snowflake(post.at, post.key): post for post in story.posts.values() if post.by in names}

    def respond(self, asked: Asked) -> Answer:
        """Answers one request."""
        match asked.path.strip("/").split("/"):
            case ["api", "v1", "accounts", "lookup"]:
                found = [profile for profile in self._accounts.values() if self._is_called(profile, asked.get("acct"))]
                return as_json(self._account(found[0])) if found else _MISSING
            case ["api", "v1", "accounts", number]:
                known = self._accounts.get(number)
                return as_json(self._account(known)) if known else _MISSING
            case ["api", "v1", "accounts", number, "statuses"]:
                known = self._accounts.get(number)
                return self._timeline(number, known, asked) if known else _MISSING
            case ["api", "v1", "statuses"]:
                wanted = [self._statuses[number] for number in asked.every("id[]", "id") if number in self._statuses]
                return as_json([self._status(post) for post in wanted])
            case ["api", "v1", "statuses", number]:
                post = self._statuses.get(number)
                return as_json(self._status(post)) if post else _MISSING
            case ["api", "v1", "statuses", number, "history"]:
                post = self._statuses.get(number)
                return as_json(self._history(post)) if post else _MISSING
            case ["api", "v2", "instance"]:
                return as_json({"domain": self.name, "title": self.name, "version": "4.4.0 (stand-in)"})
            case [user, number] if user.startswith("@") and number in self._statuses:
                return Answer(b"<!doctype html><title>Mastodon</title>", "text/html; charset=utf-8")
        return _MISSING

    # -- accounts ------------------------------------------------------------------------------------------------

    def _account_id(self, profile: Profile) -> str:
        return snowflake(_JOINED_AT, profile.account)

    def _is_called(self, profile: Profile, acct: str) -> bool:
        wanted = acct.removeprefix("@").lower()
        return wanted in (profile.handle.lower(), self._acct(profile).lower())

    def _acct(self, profile: Profile) -> str:
        return profile.handle.removesuffix("@" + self.name)

    def _account(self, profile: Profile) -> dict[str, object]:
        user = profile.handle.partition("@")[0]
        posts = self.story.of(profile.by)
        url = f"https://{_server(profile)}/@{user}"
        return {
            "id": self._account_id(profile), "username": user, "acct": self._acct(profile),
            "display_name": profile.name, "locked": False, "bot": False, "group": False,
            "created_at": _iso(_JOINED_AT), "note": html(profile.about, self._anchor), "url": url,
            "uri": f"https://{_server(profile)}/users/{user}", "followers_count": 0, "following_count": 0,
            "statuses_count": len(posts), "last_status_at": posts[-1].at.date().isoformat() if posts else None,
            "emojis": [], "fields": [],
        }

    # -- statuses ------------------------------------------------------------------------------------------------

    def _timeline(self, number: str, profile: Profile, asked: Asked) -> Answer:
        limit = min(_PAGE_LIMIT, int(asked.get("limit", str(_PAGE_DEFAULT))))
        ids = sorted((snowflake(post.at, post.key) for post in self.story.of(profile.by)), key=int, reverse=True)
        ids = [one for one in ids if self._is_wanted(self._statuses[one], asked)]
        if asked.get("pinned") == "true":
            ids = []
        if before := asked.get("max_id"):
            ids = [one for one in ids if int(one) < int(before)]
        if after := asked.get("since_id"):
            ids = [one for one in ids if int(one) > int(after)]
        if after := asked.get("min_id"):
            # From the oldest newer one upwards, so that nothing between two visits is skipped.
            ids = [one for one in ids if int(one) > int(after)][-limit:]
        ids = ids[:limit]
        headers = {}
        if ids:
            base = f"https://{self.name}/api/v1/accounts/{number}/statuses?limit={limit}"
            headers["Link"] = f'<{base}&max_id={ids[-1]}>; rel="next", <{base}&min_id={ids[0]}>; rel="prev"'
        return as_json([self._status(self._statuses[one]) for one in ids], headers=headers)

    def _is_wanted(self, post: Post, asked: Asked) -> bool:
        return not (
            (asked.get("exclude_replies") == "true" and post.reply_to)
            or (asked.get("exclude_reblogs") == "true" and post.repost_of)
            or (asked.get("only_media") == "true" and not post.media)
        )

    def _status(self, post: Post) -> dict[str, object]:
        profile = self.story.profiles[post.by]
        user, number = profile.handle.partition("@")[0], snowflake(post.at, post.key)
        server = _server(profile)
        parent = self.story.posts.get(post.reply_to)
        original, quoted = self.story.posts.get(post.repost_of), self.story.posts.get(post.quote_of)
        status: dict[str, object] = {
            "id": number, "created_at": _iso(post.at), "edited_at": _iso(post.edited_at) if post.edited_at else None,
            "in_reply_to_id": snowflake(parent.at, parent.key) if parent else None,
            "in_reply_to_account_id": self._account_id(self.story.profiles[parent.by]) if parent else None,
            "sensitive": False, "spoiler_text": "", "visibility": "public", "language": post.lang,
            "uri": f"https://{server}/users/{user}/statuses/{number}", "url": f"https://{server}/@{user}/{number}",
            "replies_count": 0, "reblogs_count": 0, "favourites_count": 0,
            # A boost has no words of its own.
            "content": "" if original else html(post.text, self._anchor),
            "reblog": self._status(original) if original else None, "account": self._account(profile),
            "media_attachments": [_attachment(photo) for photo in post.media],
            "mentions": [self._mention(handle) for handle in marks_of(post.text, "mention")],
            "tags": [{"name": tag, "url": f"https://{self.name}/tags/{tag}"} for tag in marks_of(post.text, "tag")],
            "emojis": [], "card": None, "poll": None,
        }
        if quoted:
            status["quote"] = {"state": "accepted", "quoted_status": self._status(quoted)}
        return status

    def _history(self, post: Post) -> list[dict[str, object]]:
        versions = [(earlier.text, earlier.at) for earlier in post.earlier] + [(post.text, post.edited_at or post.at)]
        return [
            {
                "content": html(text, self._anchor), "spoiler_text": "", "sensitive": False, "created_at": _iso(at),
                "account": self._account(self.story.profiles[post.by]),
                "media_attachments": [_attachment(photo) for photo in post.media], "emojis": [],
            }
            for text, at in versions
        ]

    def _mention(self, handle: str) -> dict[str, object]:
        user, _, server = handle.partition("@")
        server = server or self.name
        known = next((one for one in self._accounts.values() if one.handle == f"{user}@{server}"), None)
        return {
            "id": self._account_id(known) if known else "0", "username": user, "url": f"https://{server}/@{user}",
            "acct": user if server == self.name else f"{user}@{server}",
        }

    def _anchor(self, mark: Mark, shown: str) -> str:
        if mark.kind == "mention":
            user, _, server = mark.target.partition("@")
            return (
                f'<span class="h-card" translate="no"><a href="https://{server or self.name}/@{user}" '
                f'class="u-url mention">@<span>{user}</span></a></span>'
            )
        if mark.kind == "tag":
            return (
                f'<a href="https://{self.name}/tags/{mark.target}" class="mention hashtag" rel="tag">'
                f"#<span>{mark.target}</span></a>"
            )
        # As Mastodon shortens a long address for the eye: all of it stays in the text, most of it unseen.
        scheme, _, rest = shown.partition("://")
        ellipsis = ' class="ellipsis"' if len(rest) > 30 else ""
        return (
            f'<a href="{escape(mark.target)}" target="_blank" rel="nofollow noopener" translate="no">'
            f'<span class="invisible">{scheme}://</span><span{ellipsis}>{escape(rest[:30])}</span>'
            f'<span class="invisible">{escape(rest[30:])}</span></a>'
        )


def _attachment(photo: Photo) -> dict[str, object]:
    found = picture(photo.name)
    number = snowflake(_JOINED_AT, photo.name)
    url = f"{_PICTURES}/media_attachments/files/{number}/original/{found.file_name}"
    return {
        "id": number, "type": "image", "url": url, "preview_url": url.replace("/original/", "/small/"),
        "remote_url": None, "meta": {}, "description": photo.alt, "blurhash": None,
    }
