"""A stand-in for YouTube's API and its feeds: real HTTP on loopback, one channel, checked by Google's own document.

Every request and every answer is held against the discovery document (``tests/contracts/discovery.py``); one that it does
not allow fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from tests.contracts.discovery import document
from tests.serving import serving

CANARY = "AIza-canary-of-the-youtube-key-0123456789"
OWNER = "ya29.canary-of-the-channels-owner-0123456789"
CHANNEL, OTHER = "UC" + "a" * 22, "UC" + "b" * 22
UPLOADS = "UU" + "a" * 22
DAY = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


@dataclass
class Film:
    title: str
    about: str = ""
    at: datetime = DAY
    privacy: str = "public"
    tags: tuple[str, ...] = ()
    #: What the playlist of uploads still shows when the public no longer sees it.
    placeholder: str = ""


@dataclass
class Track:
    """A track of captions, its words as an SRT file."""

    video: str
    words: str
    language: str = "en"
    name: str = ""
    #: ASR where YouTube made it.
    kind: str = "standard"
    updated: datetime = DAY
    draft: bool = False


@dataclass
class Said:
    author: str
    text: str
    video: str
    at: datetime = DAY
    updated: datetime | None = None
    parent: str = ""


@dataclass
class StandInYouTube:
    """A channel, its films and comments, answered as the document says; tests change them between visits."""

    base: str = ""
    handle: str = "@lincoln"
    channel: str = CHANNEL
    films: dict[str, Film] = field(default_factory=dict)
    comments: dict[str, Said] = field(default_factory=dict)
    tracks: dict[str, Track] = field(default_factory=dict)
    #: Other channels: id, handle, title and description.
    others: list[tuple[str, str, str, str]] = field(default_factory=list)
    gone: bool = False
    #: Answers instead of what is there, by method: status, body, headers.
    faults: dict[str, tuple[int, Any] | tuple[int, Any, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    #: Replies that a thread shows by itself.
    shown: int = 1
    #: Whether the key is looked for in a header, or in the address (``key`` in the document's own parameters).
    header: bool = True
    changed: Callable[[str, dict[str, Any]], None] = lambda method, answer: None

    def answer(self, path: str, asked: dict[str, list[str]], headers: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        called = document().check_request(path, asked) if path.startswith("/youtube/") else ""
        method, query = called.removesuffix(".list"), {name: values[0] for name, values in asked.items()}
        self.asked.append((method, query))
        if method in self.faults:
            status, body, *more = self.faults[method]
            return status, body, more[0] if more else {}
        if path == "/feeds/videos.xml":
            return 200, self.feed(), {}
        if path.startswith(("/vi/", "/face")):
            return 200, b"picture of " + path.encode(), {"Content-Type": "image/jpeg"}
        if called.startswith("captions"):
            return self.captions(called, query | {"id": unquote(path.rpartition("/")[2])}, headers.get("authorization", ""))
        key = headers.get("x-goog-api-key") if self.header else query.pop("key", None)
        if key is None:
            return 403, refusal("forbidden", "Method doesn't allow unregistered callers (callers without established identity)."), {}
        if key != CANARY:
            return 400, refusal("badRequest", "API key not valid. Please pass a valid API key."), {}
        assert CANARY not in str(query), "the key stands in the address"
        listed, token = getattr(self, f"list_{method.lower()}")(query)
        if listed is None:
            return token
        answer = {"kind": f"youtube#{method.removesuffix('s')}ListResponse", "etag": "e", "items": listed, **({"nextPageToken": token} if token else {})}
        if not listed and method == "channels":
            del answer["items"]
        document().check_answer(called, answer)
        self.changed(method, answer)
        return 200, answer, {}

    def captions(self, called: str, query: dict[str, str], sent: str) -> tuple[int, Any, dict[str, str]]:
        """What the channel's owner is shown: of videos that nobody else sees, too."""
        if sent != f"Bearer {OWNER}":
            return 401, refusal("authError", "Invalid Credentials"), {}
        if called == "captions.download":
            assert query["tfmt"] == "srt"
            track = self.tracks.get(query["id"])
            if track is None:
                return 404, refusal("captionNotFound", "The caption track could not be found."), {}
            return 200, track.words.encode(), {"Content-Type": "application/octet-stream"}
        if query["videoId"] not in self.films:
            return 404, refusal("videoNotFound", "The video could not be found."), {}
        items = [caption(number, track) for number, track in self.tracks.items() if track.video == query["videoId"]]
        answer = {"kind": "youtube#captionListResponse", "etag": "e", "items": items}
        document().check_answer(called, answer)
        self.changed("captions", answer)
        return 200, answer, {}

    def list_channels(self, query: dict[str, str]) -> tuple[Any, Any]:
        asked = query.get("id") == self.channel or query.get("forHandle") == self.handle
        other = [one for one in self.others if query.get("id") == one[0] or query.get("forHandle", "").lower() == one[1].lower()]
        return ([channel(self)] if asked and not self.gone else [channel(self, *one) for one in other]), ""

    def uploads(self) -> list[tuple[str, Film]]:
        shown = [(number, film) for number, film in self.films.items() if film.privacy == "public" or film.placeholder]
        return sorted(shown, key=lambda pair: pair[1].at, reverse=True)

    def list_playlistitems(self, query: dict[str, str]) -> tuple[Any, Any]:
        assert query["playlistId"] == UPLOADS
        found = self.uploads()
        if "videoId" in query:
            return [placed(number, film, query["part"]) for number, film in found if number == query["videoId"]], ""
        if not found:
            return None, (404, refusal("playlistNotFound", "The playlist cannot be found."), {})
        start, size = int(query.get("pageToken", "0")), int(query["maxResults"])
        token = str(start + size) if start + size < len(found) else ""
        return [placed(number, film, query["part"]) for number, film in found[start : start + size]], token

    def list_videos(self, query: dict[str, str]) -> tuple[Any, Any]:
        numbers = query["id"].split(",")
        assert len(numbers) <= 50
        assert "maxResults" not in query, "videos.list takes none beside ids"
        films = [(number, self.films[number]) for number in numbers if number in self.films]
        told = {track.video for track in self.tracks.values()}
        return [video(number, film, captions=number in told) for number, film in films if film.privacy in ("public", "unlisted")], ""

    def list_commentthreads(self, query: dict[str, str]) -> tuple[Any, Any]:
        assert query["allThreadsRelatedToChannelId"] == self.channel
        tops = sorted(((n, c) for n, c in self.comments.items() if not c.parent), key=lambda pair: pair[1].at, reverse=True)
        return [self.thread(number, top) for number, top in tops], ""

    def thread(self, number: str, top: Said) -> dict[str, Any]:
        replies = [(n, c) for n, c in self.comments.items() if c.parent == number]
        shown = {"replies": {"comments": [comment(n, c) for n, c in replies[: self.shown]]}} if replies else {}
        snippet = {
            "channelId": self.channel, "videoId": top.video, "topLevelComment": comment(number, top),
            "totalReplyCount": len(replies), "isPublic": True,
        }
        return {"kind": "youtube#commentThread", "id": number, "snippet": snippet, **shown}

    def list_comments(self, query: dict[str, str]) -> tuple[Any, Any]:
        if "parentId" in query:
            found = [(n, c) for n, c in self.comments.items() if c.parent == query["parentId"]]
        else:
            found = [(n, self.comments[n]) for n in query["id"].split(",") if n in self.comments]
        return [without_video(comment(n, c)) for n, c in found], ""

    def feed(self) -> bytes:
        entries = "".join(
            f"<entry><id>yt:video:{number}</id><yt:videoId>{number}</yt:videoId><title>{film.title}</title>"
            f"<published>{film.at.isoformat()}</published><updated>{film.at.isoformat()}</updated><media:group>"
            f'<media:thumbnail url="https://i3.ytimg.com/vi/{number}/hqdefault.jpg" width="480" height="360"/>'
            f"<media:description>{film.about}</media:description></media:group></entry>"
            for number, film in self.uploads()[:15]
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" '
            'xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">'
            f"<title>Lincoln School</title>{entries}</feed>"
        ).encode()


def refusal(reason: str, message: str) -> dict[str, Any]:
    return {"error": {"code": 403, "message": message, "errors": [{"message": message, "domain": "youtube", "reason": reason}]}}


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def channel(network: StandInYouTube, number: str = "", handle: str = "", title: str = "Lincoln School", about: str = "") -> dict[str, Any]:
    picture = {"url": "https://yt3.ggpht.com/face=s88", "width": 88, "height": 88}
    return {
        "kind": "youtube#channel", "etag": "e", "id": number or network.channel,
        "snippet": {
            "title": title, "description": about or "News of Lincoln School, see https://school.example/",
            "customUrl": handle or network.handle, "publishedAt": "2015-01-02T03:04:05Z", "thumbnails": {"default": picture},
        },
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": UPLOADS}},
        "statistics": {"videoCount": str(sum(film.privacy == "public" for film in network.films.values())), "viewCount": "9"},
        "status": {"privacyStatus": "public"},
    }


def placed(number: str, film: Film, part: str) -> dict[str, Any]:
    hidden = film.privacy != "public"
    details = {"videoId": number} | ({} if hidden else {"videoPublishedAt": stamp(film.at)})
    status = {"privacyStatus": film.privacy if film.placeholder != "Deleted video" else "privacyStatusUnspecified"}
    item = {"kind": "youtube#playlistItem", "id": f"PL{number}", "contentDetails": details, "status": status}
    if "snippet" in part:
        del item["contentDetails"]
        item["snippet"] = {"title": film.placeholder or film.title, "resourceId": {"kind": "youtube#video", "videoId": number}}
    return item


def video(number: str, film: Film, *, captions: bool = False) -> dict[str, Any]:
    high = {"url": f"https://i.ytimg.com/vi/{number}/hqdefault_live.jpg", "width": 480, "height": 360}
    return {
        "kind": "youtube#video", "etag": "e", "id": number,
        "snippet": {
            "publishedAt": stamp(film.at), "channelId": CHANNEL, "title": film.title, "description": film.about,
            "thumbnails": {"high": high}, **({"tags": list(film.tags)} if film.tags else {}),
        },
        "status": {"privacyStatus": film.privacy, "uploadStatus": "processed"},
        "contentDetails": {"caption": str(captions).lower(), "duration": "PT1M"},
    }


def caption(number: str, track: Track) -> dict[str, Any]:
    return {
        "kind": "youtube#caption", "etag": "e", "id": number,
        "snippet": {
            "videoId": track.video, "lastUpdated": stamp(track.updated), "trackKind": track.kind, "language": track.language,
            "name": track.name, "audioTrackType": "unknown", "isCC": False, "isLarge": False, "isEasyReader": False,
            "isDraft": track.draft, "isAutoSynced": False, "status": "serving",
        },
    }


def srt(*lines: str) -> str:
    """An SRT file with these lines, two seconds each."""
    return "\n".join(
        f"{number}\n00:00:{2 * number:02},000 --> 00:00:{2 * number + 2:02},000\n{line}\n" for number, line in enumerate(lines)
    )


def comment(number: str, said: Said) -> dict[str, Any]:
    return {
        "kind": "youtube#comment", "etag": "e", "id": number,
        "snippet": {
            "authorChannelId": {"value": said.author}, "authorDisplayName": "A name", "videoId": said.video,
            "textDisplay": said.text, "publishedAt": stamp(said.at), "updatedAt": stamp(said.updated or said.at),
            **({"parentId": said.parent} if said.parent else {}),
        },
    }


def without_video(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "snippet": {name: value for name, value in item["snippet"].items() if name != "videoId"}}


@contextmanager
def serve(network: StandInYouTube) -> Iterator[StandInYouTube]:
    """Serves it until the caller is done; what the document does not allow fails the test."""
    with serving(lambda asked: network.answer(asked.path, asked.query, asked.headers)) as network.base:
        yield network
