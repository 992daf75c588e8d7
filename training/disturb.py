"""Posts as people disfigure them: typos, capitals, missing accents, hashtags, figures for letters, other names.

What is learned must not hang on spelling or on a name. Each disturbance keeps, for every character, the place in the
original that it stands for, so that the words that carry a label are found again.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence

#: A character and its place in the original.
Letters = list[tuple[str, int]]
_FIGURES = {"o": "0", "i": "1", "e": "3", "a": "@", "s": "$", "l": "1", "t": "7"}
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_EMOJI = "😂🙏🔥💙🎉😭🤷✨🙄👏❤️😅💪🏀📚🍎"


def letters(text: str) -> Letters:
    """A text as it stands."""
    return [(letter, place) for place, letter in enumerate(text)]


def _typos(text: Letters, chance: random.Random) -> Letters:
    result = list(text)
    for _ in range(max(1, len(text) // chance.choice((20, 30, 45)))):
        place = chance.randrange(len(result))
        letter = result[place][0]
        if not letter.isalpha():
            continue
        what = chance.random()
        if what < 0.3:
            del result[place]
        elif what < 0.55 and (row := next((keys for keys in _KEYS if letter.lower() in keys), "")):
            beside = row[max(0, row.index(letter.lower()) + chance.choice((-1, 1))) % len(row)]
            result[place] = (beside.upper() if letter.isupper() else beside, result[place][1])
        elif what < 0.75 and place + 1 < len(result) and result[place + 1][0].isalpha():
            result[place], result[place + 1] = result[place + 1], result[place]
        else:
            result.insert(place, result[place])
        if not result:
            return text
    return result


def _small(text: Letters, _: random.Random) -> Letters:
    return [(letter.lower(), place) for letter, place in text]


def _capitals(text: Letters, _: random.Random) -> Letters:
    return [(letter.upper() if len(letter.upper()) == 1 else letter, place) for letter, place in text]


def _plain_letters(text: Letters, _: random.Random) -> Letters:
    return [(unicodedata.normalize("NFD", letter)[0], place) for letter, place in text]


def _figures(text: Letters, chance: random.Random) -> Letters:
    share = chance.uniform(0.1, 0.4)
    return [
        (_FIGURES[letter.lower()] if letter.lower() in _FIGURES and chance.random() < share else letter, place)
        for letter, place in text
    ]


def _no_marks(text: Letters, _: random.Random) -> Letters:
    return [(letter, place) for letter, place in text if letter not in ".,;:!?¡¿'’\""] or text


def _emoji(text: Letters, chance: random.Random) -> Letters:
    result: Letters = []
    for letter, place in text:
        if letter == " " and chance.random() < 0.15:
            result += [(" ", place), (chance.choice(_EMOJI), place)]
        result.append((letter, place))
    return [*result, (" ", len(text) - 1), (chance.choice(_EMOJI), len(text) - 1)]


def _hashtags(text: Letters, chance: random.Random) -> Letters:
    result: Letters = []
    for number, (letter, place) in enumerate(text):
        begins = letter.isalpha() and (number == 0 or text[number - 1][0] == " ")
        if begins and chance.random() < 0.12:
            result.append(("#", place))
        result.append((letter, place))
    return result


DISTURBANCES: Sequence[Callable[[Letters, random.Random], Letters]] = (
    _typos, _typos, _typos, _small, _small, _capitals, _plain_letters, _figures, _no_marks, _no_marks, _emoji,
    _hashtags,
)


def disturbed(text: str, chance: random.Random) -> Letters:
    """The text with one to three disturbances."""
    result = letters(text)
    for disturb in chance.sample(DISTURBANCES, chance.choice((1, 1, 2, 3))):
        result = disturb(result, chance)
    return result


def renamed(names: Sequence[str], others: Sequence[str], chance: random.Random) -> dict[str, str]:
    """Another name for each name that is a first and a last name in letters; the form stays."""
    found = {}
    for name in names:
        parts = name.split(" ")
        if len(parts) == 2 and all(re.fullmatch(r"[^\W\d_][\w'’-]*\.?", part) for part in parts):
            first, last = chance.choice(others).split(" "), chance.choice(others).split(" ")
            second = parts[1] if len(parts[1].rstrip(".")) == 1 else last[-1]
            found[name] = f"{first[0]} {second}"
    return found
