"""Invented posts of an invented district, as many as are asked for: the same number always gives the same posts.

Sentences are drawn from templates whose gaps are filled from lists, one to four of them a post, some in Spanish, some
with emoji, tags, links and pictures' descriptions. About 97 of 100 posts are everyday ones; the others show a mail
address of the District, plain or disguised, or speak in its name.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

from rollbook.types import Media, Post, PostKind, Reference

#: Of a hundred posts, how many hold something that a rule looks for.
FINDINGS_OF_100 = 3
DOMAIN = "larkmead.example"
NEWEST = datetime(2026, 10, 30, 20, 0, tzinfo=UTC)
#: Of each account: what a visit reads again.
POSTS_A_MONTH = 10
ACCOUNTS = tuple(f"standin:account{number}" for number in range(20))

_GAPS: dict[str, tuple[str, ...]] = {
    "class": ("the sophomores", "our third graders", "my chemistry class", "the kindergarten", "room 14", "period 3", "grade 6",
              "the robotics club", "the jazz band", "the yearbook crew", "the garden club", "AP history", "the mathletes"),
    "did": ("finished", "started", "loved", "is halfway through", "argued happily about", "built models of", "wrote songs about",
            "measured", "drew maps of", "presented", "wondered about", "read aloud from"),
    "thing": ("the water cycle", "a bridge of spaghetti", "the bill of rights", "fractions", "tide pools", "the moon's phases",
              "a novel about a lighthouse", "volcano models", "persuasive letters", "the school garden", "Newton's laws",
              "a mural for the library", "medieval bread", "bird migration", "the periodic table", "local history"),
    "event": ("the fall concert", "parent night", "the book fair", "the food drive", "the science fair", "homecoming", "picture day",
              "the spelling bee", "the chess tournament", "the blood drive", "open house", "the talent show", "college night"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "tomorrow", "next week", "tonight", "on the 14th", "this weekend"),
    "place": ("the gym", "the cafeteria", "room 112", "the auditorium", "the front lawn", "the library", "the lower field", "the pool"),
    "time": ("at 6 pm", "from 4 to 7", "at 7:30", "right after the last bell", "at noon", "before first period", "at half past eight"),
    "feel": ("So proud of", "Hats off to", "What a week for", "Could not be happier for", "Big thanks to", "Shout-out to", "Cheering for"),
    "team": ("the girls' soccer team", "our cross-country runners", "the wrestlers", "varsity hockey", "the swim team", "JV volleyball"),
    "result": ("won 3-1", "lost a close one", "tied in the last minute", "set two records", "travelled two hours and smiled", "made the finals"),
    "food": ("pancakes", "pizza bagels", "lentil soup", "tacos", "apple crisp", "corn chowder", "empanadas", "dumplings"),
    "weather": ("rain", "the first snow", "fog", "a heat wave", "wind", "sunshine at last", "ice on the lot"),
    "bus": ("Bus 7", "Bus 12", "The late bus", "Route 4", "The shuttle to the annex", "Bus 23"),
    "minutes": ("10 minutes late", "15 minutes late", "on time again", "running early", "twenty minutes behind", "back on its route"),
    "who": ("the superintendent", "the board", "our principal", "the athletic office", "the PTA", "the library", "the town"),
    "said": ("announced", "shared", "reminded everybody of", "posted the dates of", "thanked all who helped with", "published the schedule for"),
    "opinion": ("I think", "In my view", "If you ask me,", "Honestly,", "Call me old-fashioned, but", "Hot take:"),
    "view": ("recess should be longer", "every school needs a garden", "libraries are the best rooms in a school", "coffee is a food group",
             "handwriting still matters", "homework on weekends helps nobody", "Latin deserves a comeback"),
    "name": ("Ms. Oyelaran", "Mr. Castellanos", "Coach Brightwater", "Dr. Pfefferkorn", "Mme. Duquesne", "Señora Ibáñez", "Mr. Þórsson"),
    "emoji": ("🎉", "📚", "🚌", "⚽", "🎶", "🍎", "🌧️", "👏👏", "💙", "🧪", "🤖", "🎨", "✨"),
    "tag": ("LarkmeadProud", "edchat", "STEM", "FridayFeeling", "GoLarks", "bookweek", "musicmatters", "orgulloLarkmead"),
    "box": ("bwhitlock", "kdasgupta", "principal.moreno", "jfarrow", "m.okonjo", "sduarte"),
}
_EVERYDAY = (
    "{class} {did} {thing} today.", "Tomorrow {class} will show {thing} in {place}.", "{feel} {class}: they {did} {thing}!",
    "{event} is {day} {time} in {place}.", "Do not forget {event}, {day} {time}.", "{team} {result} against our neighbors.",
    "{feel} {team}, who {result} {day}.", "Lunch {day}: {food} and {food}.", "{bus} is {minutes} because of {weather}.",
    "With {weather} outside, {class} {did} {thing} in {place} instead.", "{who} {said} {event}.", "{opinion} {view}.",
    "Substitute needed for {class} {day}; ask in {place}.", "Lost and found is in {place} until {day}.",
    "Thank you {name} for helping {class} with {thing}.", "{name} read to {class} {time}.", "Rehearsal {day} {time}, {place}.",
    "Parents: forms for {event} are due {day}.", "We counted {thing} twice and still got different answers.",
    "A quiet morning before {event}.", "Photos from {event} are on the district's site.", "Who else remembers {event} from years ago?",
    "Grading done, tea made, {weather} on the window.", "{class} asked why {thing} matters. Best question of the year.",
    "My shelf now holds three copies of a book on {thing}.", "Doors open {time}; bring a friend to {place}.",
    "Nuestros alumnos {did} {thing} con {name}.", "La reunión de padres será {day} {time} en {place}.", "¡Qué orgullo! {team} {result}.",
    "Mañana habrá {food} en la cafetería y música después.", "Merci à {name} pour {thing} à l'école.", "Über {thing} haben wir viel gelacht.",
    "Two truths and a lie about {thing}, from {class}.", "It is {weather}, wear a coat to {event}.", "Reading list for {thing}, part {n}.",
    "Volunteers for {event}: sign up in {place}.", "We practiced the fire drill {time}; {class} was out in two minutes.",
    "Overheard in {place}: \"{thing} is basically {food}.\"", "Student council meets {day} {time}.", "New in {place}: a corner for {thing}.",
    "Score of the week: {team} {result}, {n} to {n}.", "Homework help {day} in {place}, all grades.", "No school {day}.",
)
_FINDINGS = (
    "Questions? Write to {box}@" + DOMAIN + " before {day}.", "Reach me at {box} [at] " + DOMAIN.replace(".", " [dot] ") + " about {event}.",
    "My address: {box}(at)" + DOMAIN + ", for {thing}.", "Send forms to {box} @ " + DOMAIN + " by {day}.",
    "On behalf of the Larkmead School District, I can confirm that {event} will be moved to {day}.",
    "Official statement: the District's position is that {event} goes ahead {time}.",
    "We at the district have decided that {class} will no longer go to {event}.",
)
_GAP = re.compile(r"\{(\w+)\}")
_KINDS: tuple[PostKind, ...] = ("post", "post", "post", "post", "post", "post", "post", "reply", "repost", "quote")


def _filled(template: str, chance: random.Random) -> str:
    def gap(found: re.Match[str]) -> str:
        return str(chance.randrange(2, 99)) if found[1] == "n" else chance.choice(_GAPS[found[1]])

    text = _GAP.sub(gap, template)
    return text[:1].upper() + text[1:]


def _words(chance: random.Random, *, finding: bool) -> str:
    sentences = [_filled(chance.choice(_EVERYDAY), chance) for _ in range(chance.choice((1, 1, 2, 2, 3, 4)))]
    if finding:
        sentences.insert(chance.randrange(len(sentences) + 1), _filled(chance.choice(_FINDINGS), chance))
    text = chance.choice((" ", " ", "\n", "\n\n")).join(sentences)
    if chance.random() < 0.35:
        text += " " + chance.choice(_GAPS["emoji"])
    if chance.random() < 0.3:
        text += "".join(f" #{tag}" for tag in chance.sample(_GAPS["tag"], chance.randint(1, 3)))
    return text


def posts(
    count: int, *, seed: int = 1, newest: datetime = NEWEST, of_100: int = FINDINGS_OF_100, pictures: bool = True
) -> Iterator[Post]:
    """So many posts, newest first: ten an account in the last month, before it two a day."""
    chance = random.Random(seed)
    rounds = product(range(-(-count // len(ACCOUNTS))), ACCOUNTS)
    for number, (round_, account) in zip(range(count), rounds, strict=False):
        days = round_ * 2.5 if round_ < POSTS_A_MONTH else 40 + round_ / 2
        made_at = newest - timedelta(days=days, seconds=number % 97)
        post = _post(account, f"{10**8 - number:09d}", made_at, chance, finding=chance.random() * 100 < of_100)
        yield post if pictures else replace(post, media=())


def _post(account: str, native: str, made_at: datetime, chance: random.Random, *, finding: bool) -> Post:
    text, kind = _words(chance, finding=finding), chance.choice(_KINDS)
    said = text if kind == "repost" else _words(chance, finding=False)
    other = Reference(f"standin:other/{native}", "standin:other", said)
    media = (Media("image", alt=_words(chance, finding=False)),)
    return Post(
        f"{account}/{native}", account, "standin", kind, text, made_at,
        url=f"https://standin.example/{account[8:]}/{native}", lang="en",
        reply_to=other if kind == "reply" else None, repost_of=other if kind == "repost" else None,
        quote_of=other if kind == "quote" else None, hashtags=tuple(re.findall(r"#(\w+)", text)),
        links=(f"https://www.larkmead.example/news/{chance.randrange(10**6)}",) if chance.random() < 0.2 else (),
        media=media if chance.random() < 0.1 else (),
    )
