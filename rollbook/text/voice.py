"""Whether a post speaks as the institution: its speech acts, weighed with what stands around them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rollbook.text import speech
from rollbook.text.folding import fold
from rollbook.text.institutions import PART, WHOLE, marked
from rollbook.text.sentences import sentences
from rollbook.text.speech import Act
from rollbook.types import Account, Post
from rollbook.workspace import District

#: From this weight on the post is a finding. **Source**: tuned on one half of the development set and on own cases.
THRESHOLD = 0.6
#: Below this a sentence says nothing of itself and adds nothing to another one.
_FAINT = 0.2
#: As far as "we" goes where nothing says who "we" are.
_NOBODYS = 0.5
#: Whose "we" is the institution's by office, as a district account's is.
_LEADS = re.compile(r"principal|superintendent|(?<!band )(?<!choir )(?<!music )(?<!choral )director|administrator|head of|chief|office|president")


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence that speaks as the institution."""

    act: Act
    #: How far it goes; 1 is as plain as can be.
    weight: float
    #: Half-open span in the folded text.
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Setting:
    """What stands around a sentence: who posts, what is answered, what the rest of the post says."""

    #: Routine notices are this account's business, statements are not.
    is_district: bool
    #: The author's "we" is likely the institution.
    leads: bool
    answers: bool
    #: The author says that he speaks for himself.
    disclaims: bool
    names_institution: bool
    addresses_public: bool
    meets_rumor: bool
    promises: bool
    announces: bool
    feels: bool
    opens_with_answer: bool


def said_as_institution(post: Post, account: Account, district: District) -> list[Said]:
    """The sentences that speak as the institution, the strongest first; empty where they do not go far enough."""
    if post.kind == "repost":
        return []
    text = marked(fold(post.text).text, district)
    setting = _setting(post, account, district, text)
    found = [said for span in sentences(text) if (said := _strongest(setting, text, *span)) is not None]
    found.sort(key=lambda said: -said.weight)
    if not found:
        return []
    total = found[0].weight + min(0.3, sum(said.weight / 2 for said in found[1:]))
    found[0] = replace(found[0], weight=min(1.0, total))
    return found if total >= THRESHOLD else []


def _setting(post: Post, account: Account, district: District, text: str) -> _Setting:
    asked = post.reply_to.text if post.reply_to else ""
    return _Setting(
        is_district=account.kind == "district",
        leads=account.kind == "district" or _LEADS.search(account.role.lower()) is not None,
        answers=bool(asked) and speech.ABOUT.search(marked(fold(asked).text, district)) is not None,
        disclaims=speech.DISCLAIMER.search(text) is not None,
        names_institution=WHOLE in text or PART in text,
        addresses_public=speech.PUBLIC.search(text) is not None,
        meets_rumor=speech.RUMOR.search(text) is not None,
        promises=speech.PROMISE.search(text) is not None,
        announces=speech.ANNOUNCES.search(text) is not None,
        feels=speech.FEELING.search(text) is not None,
        opens_with_answer=speech.ANSWERS.search(text) is not None,
    )


def _strongest(setting: _Setting, text: str, start: int, end: int) -> Said | None:
    sentence = text[start:end]
    if sentence.rstrip("\"')").endswith("?"):
        return None
    best: Said | None = None
    for act in speech.ACTS:
        match = act.pattern.search(sentence)
        if match is None or (best is not None and act.weight + 1 <= best.weight):
            continue
        weigh = _claim if act.speaker == "voice" else _act
        weight = weigh(setting, sentence, act, match)
        if weight > _FAINT and (best is None or weight > best.weight):
            best = Said(act, weight, start, end)
    return best


def _act(setting: _Setting, sentence: str, act: Act, match: re.Match[str]) -> float:
    """The weight of an act of the institution by its name, or of "we"."""
    if setting.disclaims or speech.NOT_ASSERTED.search(sentence, 0, match.start()) or speech.OPINION.search(sentence):
        return 0.0
    weight = act.weight
    if act.speaker == "we":
        weight += _we(setting, sentence, act)
    if not act.formal:
        weight += 0.3 * setting.meets_rumor + 0.3 * setting.promises + 0.2 * setting.announces
        weight += 0.2 * (setting.addresses_public and act.speaker == "name") - 0.35 * setting.feels
    weight -= 0.35 * (speech.PLAYFUL.search(sentence) is not None)
    if setting.answers and act.answers:
        weight += 0.3 + 0.1 * setting.opens_with_answer
    if setting.is_district:
        weight -= 0.3 * (not act.formal and not setting.meets_rumor) + 0.6 * (speech.ROUTINE.search(sentence) is not None)
    if act.speaker == "we" and not (setting.names_institution or setting.answers or setting.leads):
        return min(weight, _NOBODYS)
    return weight


def _we(setting: _Setting, sentence: str, act: Act) -> float:
    """How much more or less "we" is the institution: a class or a team is none, an office is."""
    if speech.IN_GROUP.search(sentence):
        return -0.6
    return 0.2 * setting.names_institution + 0.2 * setting.addresses_public + 0.25 * (setting.leads and act.formal)


def _claim(setting: _Setting, sentence: str, act: Act, match: re.Match[str]) -> float:
    """The weight of a claim to be the institution's voice."""
    before, after = sentence[: match.start()], sentence[match.end() :]
    if setting.disclaims and act.does != "speaks as its representative":
        return 0.0
    if act.does == "calls the post official":
        source = match.groupdict().get("from")
        is_own = source is None or WHOLE in source or PART in source
        if not is_own or speech.POINTS_TO.search(before) or re.match(r"[\s:]*(?:i|i'[a-z]+|my)\b", after):
            return 0.0
        return act.weight if act.formal or not setting.is_district else 0.0
    if speech.NOT_ASSERTED.search(before) or speech.OTHERS.match(after):
        return 0.0
    if act.does == "speaks on behalf of it" and speech.COURTESY.search(sentence):
        return _FAINT
    if act.does == "speaks as the institution":
        if speech.COURTESY.search(sentence):
            return 0.0
        return act.weight if speech.RESOLVES.search(sentence) or setting.meets_rumor or setting.promises else 0.3
    return act.weight if act.formal or not setting.is_district else _FAINT
