"""The way through a user's posts on a forum made with Discourse: the list of actions, then the topics that it names.

**Source**: Discourse's ``user_actions.json``, ``/t/ID/posts.json`` and ``/posts/by_number``, as its source has them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from collectors._forum_posts import NEW_TOPIC, began
from collectors._forum_visit import Forum
from rollbook.bodies import word_of
from rollbook.errors import AccessError, AccountGone, PageError
from rollbook.pages import Item, entries, latest, objects, read_item, read_json, read_time, step
from rollbook.plugins import Sweep
from rollbook.types import Marked, Page

#: Topics and replies. **Source**: UserAction of Discourse: REPLY 5.
_OWN_ACTIONS = f"{NEW_TOPIC},5"
#: Where Discourse says why it refuses, and its words for what is deleted, or was taken out of the public's sight.
ERROR = "error_type"
NOT_SHOWN = ("not_found", "invalid_access")


def read_discourse(forum: Forum, page: Page) -> Generator[Page, None, Sweep]:
    """Reads a user's posts on a Discourse, whose answer about the user is here already. **Raises** CollectError."""
    if page.status == 403:
        raise AccessError("the forum shows its users to members only", account=forum.key, place=page.url)
    if page.status != 200:
        problem = f"the forum has no user {forum.user.name!r}, or hides who it is (HTTP {page.status})"
        raise AccountGone(problem, account=forum.key, code="not-found")
    user = read_item(read_json(page), "profile", forum.key).item("user")
    number = forum.number_of(user, user.text("username"))
    if user.data.get("profile_hidden") is True:
        raise AccountGone("the user hides the profile from the public", account=forum.key, code="private")
    yield page
    since, newest, seen, offset = forum.since(), None, set[str](), 0
    marked: list[Marked] = []
    while True:
        asked = urlencode({"offset": offset, "username": forum.user.name, "filter": _OWN_ACTIONS})
        page = forum.ask(f"/user_actions.json?{asked}", "actions")
        top = read_item(read_json(page), "actions", forum.key)
        listed = entries(top, "user_actions")
        actions = objects(listed, "user_actions", forum.key)
        yield page
        made = [(read_time(str(action.data.get("created_at"))), action) for action in actions]
        newest = latest(newest, (moment for moment, _ in made if moment), page)
        yield from _topics(forum, [action for moment, action in made if moment is None or moment >= since], marked)
        if not listed or any(moment < since for moment, _ in made if moment):
            break
        if actions:
            step(page, f"{actions[0].data.get('topic_id')}/{actions[0].data.get('post_id')}", seen)
        offset += len(listed)
    if user.words("suspended_till"):
        problem = f"the forum has suspended the user until {user.words('suspended_till')[:10]}"
        raise AccountGone(problem, account=forum.key, code="suspended")
    return replace(forum.sweep("discourse", number, newest, since), marked=tuple(marked))


def _topics(forum: Forum, actions: Sequence[Item], marked: list[Marked]) -> Iterator[Page]:
    """The posts that actions tell of, with all their words: one page for each topic, one for each that was begun."""
    replies: dict[int, list[int]] = {}
    for action in actions:
        topic, number = action.count("topic_id"), action.count("post_id")
        if topic and began(action):
            title = action.data.get("title")
            context = {"title": title} if isinstance(title, str) else {}
            yield from _topic(forum, f"/posts/by_number/{topic}/1.json", context, marked)
        elif topic and number:
            replies.setdefault(topic, []).append(number)
    for topic, numbers in replies.items():
        asked = urlencode([("post_ids[]", number) for number in numbers])
        yield from _topic(forum, f"/t/{topic}/posts.json?{asked}", {}, marked)


def _topic(forum: Forum, path: str, context: Mapping[str, str], marked: list[Marked]) -> Iterator[Page]:
    """Posts of one topic. Discourse lists for a minute what it shows no more, which costs the other topics nothing.

    **Raises** AccessError, PageError where the refusal is not Discourse's own word for that.
    """
    page = forum.ask(path, "posts", (200, 403, 404, 410), context)
    if page.status == 200:
        yield page
        return
    word = word_of(page.body, ERROR)
    problem = f"the forum does not show a topic that it lists (HTTP {page.status} {word}".rstrip() + ")"
    if word in NOT_SHOWN:
        marked.append(Marked(path.partition("?")[0], f"not-shown: {problem}"))
    elif page.status == 403:
        raise AccessError(problem, account=forum.key, place=page.url)
    else:
        raise PageError(problem, account=forum.key, place=page.url, code=f"http-{page.status}")
