"""A stand-in for X's API v2: one account, real HTTP on loopback, and what each answer would be billed.

Every request is checked against X's own OpenAPI document where it lies beside the checkout (path, parameters, their
values) and for its token; a mistake is an answer 400. So is every answer before a test spoils it: fields, types, choices,
what must be there. What is wrong stands in ``mistakes``, which fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.contracts.openapi import answer_breaches, breach
from tests.serving import Answer, Asked, serving

PROBLEMS = "https://api.x.com/2/problems"
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060f80f0001040100"
    "5fe5c34b0000000049454e44ae426082"
)
#: What 2.166 called differently, and what was a field then and is an expansion now.
OLDER = {
    "tweet.fields": "post.fields", "note_tweet": "note_post", "referenced_tweets.id": "referenced_posts",
    "edit_history_tweet_ids": "", "referenced_tweets": "", "referenced_tweets.id.author_id": "",
    "referenced_tweets.id.attachments.media_keys": "",
}
#: What X counts of a post beside.
COUNTED = ("reply_count", "quote_count", "bookmark_count", "impression_count")
#: What 2.166 called differently in its answers.
NEWER = {
    "note_tweet": "note_post", "referenced_tweets": "referenced_posts", "edit_history_tweet_ids": "edit_history_post_ids",
    "tweets": "posts", "tweet_count": "post_count", "retweet_count": "repost_count",
}


def newer(told: Any) -> Any:
    """An answer of 2.166 as 2.167 would spell it."""
    if isinstance(told, dict):
        return {NEWER.get(name, name): newer(value) for name, value in told.items()}
    return [newer(value) for value in told] if isinstance(told, list) else told


def number(moment: datetime, more: int = 0) -> str:
    """The id that X would give to a post of this moment."""
    return str(((int(moment.timestamp() * 1000) - 1288834974657) << 22) + more)


def problem(kind: str, detail: str, **more: Any) -> dict[str, Any]:
    return {"type": f"{PROBLEMS}/{kind}", "title": kind, "detail": detail, **more}


@dataclass
class StandInX:
    """The account, its posts, and how X is today."""

    token: str
    username: str = "example_csd"
    user_id: str = "7"
    #: How this X spells its schema.
    schema: str = "post"
    base: str = ""
    user: dict[str, Any] = field(default_factory=lambda: {"protected": False})
    #: By id of the version; each has ``chain``.
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    polls: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Other accounts by their names in small letters.
    strangers: dict[str, dict[str, Any]] = field(default_factory=dict)
    state: str = "here"
    #: Answers in X's place where it gives something.
    fault: Callable[[Asked], Answer | None] = lambda asked: None
    #: Changes an answer's body before it is sent.
    spoil: Callable[[Asked, dict[str, Any]], Any] = lambda asked, body: body
    asked: list[Asked] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    #: What X would bill, in the price of a post: a user costs twice that.
    billed: int = 0

    # -- what the account does -----------------------------------------------------------------------------------

    def say(self, at: datetime, text: str, *, more: int = 0, **fields: Any) -> str:
        native = number(at, more)
        self.posts[native] = {"text": text, "at": at, "chain": [native], **fields}
        return native

    def edit(self, native: str, at: datetime, text: str) -> str:
        old = self.posts[native]
        new = number(at)
        chain = [*old["chain"], new]
        self.posts[new] = {**old, "text": text, "at": at}
        for each in chain:
            self.posts[each]["chain"] = chain
        return new

    def delete(self, native: str) -> None:
        for each in self.posts[native]["chain"]:
            del self.posts[each]

    # -- answers -------------------------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/media/"):
            return 200, PICTURE, {"Content-Type": "image/png"}
        self.asked.append(asked)
        fault = self.fault(asked)
        if fault is not None:
            return fault
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return 401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
        mistake = self._mistake(asked)
        if mistake:
            if not mistake.startswith("spelling"):
                self.mistakes.append(f"{asked.target}: {mistake}")
            return 400, {"errors": [{"message": mistake}], **problem("invalid-request", "One or more parameters to your request was invalid.")}
        told = self._body(asked)
        self.mistakes += answer_breaches(asked.path, newer(told) if self.schema == "tweet" else told)
        body = self.spoil(asked, told)
        if isinstance(body, dict):
            data, beside = body.get("data"), body.get("includes") or {}
            self.billed += len(data) if isinstance(data, list) else 2 * int(data is not None)
            self.billed += sum(len(beside.get(name, ())) for name in ("posts", "tweets"))
        return 200, body

    def _mistake(self, asked: Asked) -> str:
        query = asked.single
        if self.schema == "tweet":
            if "post.fields" in query:
                return "spelling: The query parameter [post.fields] is not one of [tweet.fields]"
            renamed = {OLDER.get(name, name): value for name, value in query.items()}
            for name in ("post.fields", "expansions"):
                if name in renamed:
                    words = [OLDER.get(word, word) for word in renamed[name].split(",")]
                    fields = ("author_id", "in_reply_to_user_id") if name == "post.fields" else ()
                    renamed[name] = ",".join(word for word in words if word and word not in fields)
            query = renamed
        elif "tweet.fields" in query:
            return "spelling: The query parameter [tweet.fields] is not one of [post.fields]"
        return breach(asked.path, query)

    def _body(self, asked: Asked) -> dict[str, Any]:
        if asked.path == "/2/tweets":
            return self._looked_up(asked.single["ids"].split(","))
        if asked.path.endswith("/tweets"):
            return self._timeline(asked)
        name = asked.path.rpartition("/")[2]
        by_name = "/by/username/" in asked.path
        if by_name and name.lower() in self.strangers:
            return {"data": {"username": name, "created_at": "2020-03-02T12:00:00.000Z", **self.strangers[name.lower()]}}
        if self.state == "suspended":
            return {"errors": [problem("resource-not-found", f"User has been suspended: [{name}].", resource_type="user")]}
        if self.state == "gone" or (by_name and name.lower() != self.username.lower()):
            return {"errors": [problem("resource-not-found", f"Could not find user with username: [{name}].", resource_type="user")]}
        count = {"post": "post_count", "tweet": "tweet_count"}[self.schema]
        return {"data": {
            "id": self.user_id, "username": self.username, "name": "Example CSD", "description": "Schools &amp; more https://t.co/home",
            "created_at": "2015-03-02T12:00:00.000Z",
            "public_metrics": {count: len(self._shown()), "followers_count": 5, "following_count": 2, "listed_count": 0},
            "entities": {"description": {"urls": [{"start": 15, "end": 32, "url": "https://t.co/home", "expanded_url": "https://example.example/"}]}},
            **self.user,
        }}

    def _shown(self) -> list[str]:
        """The last version of each post, newest first."""
        return sorted((native for native, post in self.posts.items() if post["chain"][-1] == native), key=int, reverse=True)

    def _timeline(self, asked: Asked) -> dict[str, Any]:
        if self.state == "protected":
            return {"errors": [problem("not-authorized-for-resource", "Sorry, you are not authorized to see the user with id: [7].", resource_type="user")]}
        query = asked.single
        listed = [native for native in self._shown() if int(query.get("since_id", 0)) < int(native) < int(query.get("until_id", 2**63))]
        if "start_time" in query:
            start = datetime.fromisoformat(query["start_time"])
            listed = [native for native in listed if self.posts[native]["at"] >= start]
        begin, size = int(query.get("pagination_token", "p0")[1:]), int(query.get("max_results", 10))
        here = listed[begin : begin + size]
        meta: dict[str, Any] = {"result_count": len(here)}
        if begin + size < len(listed):
            meta["next_token"] = f"p{begin + size}"
        return {**self._page(here), "meta": meta} if here else {"meta": meta}

    def _looked_up(self, ids: list[str]) -> dict[str, Any]:
        kind = {"post": "post", "tweet": "tweet"}[self.schema]
        if self.state != "here":
            return {"errors": [problem("not-authorized-for-resource", "Sorry, you are not authorized", resource_type=kind, resource_id=each, value=each) for each in ids]}
        lost = [problem("resource-not-found", f"Could not find tweet with ids: [{each}].", resource_type=kind, resource_id=each, value=each)
                for each in ids if each not in self.posts]
        here = [each for each in ids if each in self.posts]
        return {**(self._page(here) if here else {}), **({"errors": lost} if lost else {})}

    def _page(self, ids: list[str]) -> dict[str, Any]:
        posts = [self.posts[native] for native in ids]
        beside: dict[str, Any] = {"users": [{"id": self.user_id, "username": self.username, "name": "Example CSD"}]}
        referenced = dict.fromkeys(native for post in posts for native in post.get("refs", {}).values() if native in self.others)
        for native in referenced:
            other = self.others[native]
            beside.setdefault({"post": "posts", "tweet": "tweets"}[self.schema], []).append(self._post(native, other))
            beside["users"].append({"id": other["author_id"], "username": other["username"], "name": "Other"})
        keys = [key for post in posts for key in post.get("media", ())]
        if keys:
            beside["media"] = [self.media[key] for key in keys if key in self.media]
        polls = [name for post in posts for name in post.get("polls", ())]
        if polls:
            beside["polls"] = [self.polls[name] for name in polls]
        return {"data": [self._post(native, self.posts[native]) for native in ids], "includes": beside}

    def _post(self, native: str, post: dict[str, Any]) -> dict[str, Any]:
        new = self.schema == "post"
        told: dict[str, Any] = {
            "id": native, "text": post["text"], "author_id": post.get("author_id", self.user_id), "lang": "en",
            "created_at": f"{post['at'].astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
            "edit_history_post_ids" if new else "edit_history_tweet_ids": post.get("chain", [native]),
            "public_metrics": {"repost_count" if new else "retweet_count": 3, "like_count": 4, **dict.fromkeys(COUNTED, 0)},
        }
        if post.get("refs"):
            told["referenced_posts" if new else "referenced_tweets"] = [{"type": kind, "id": each} for kind, each in post["refs"].items()]
        if post.get("parent_author"):
            told["in_reply_to_user_id"] = post["parent_author"]
        if post.get("entities"):
            told["entities"] = post["entities"]
        if post.get("note"):
            told["note_post" if new else "note_tweet"] = post["note"]
        if post.get("media") or post.get("polls"):
            told["attachments"] = {name: post[key] for name, key in (("media_keys", "media"), ("poll_ids", "polls")) if post.get(key)}
        return told


@contextmanager
def serve(stand_in: StandInX) -> Iterator[StandInX]:
    """Serves it until the caller is done; a mistake fails the test."""

    def answer(asked: Asked) -> Answer:
        status, body, *more = stand_in.answer(asked)
        return status, body, {"Content-Type": "application/json; charset=utf-8", **(more[0] if more else {})}

    with serving(answer) as stand_in.base:
        yield stand_in
    assert stand_in.mistakes == []
