"""Words that speak for the District, a school, the board or a department without authorisation.

Clause: 9125.3 para 6, "Employees may not act as a spokesperson for the District or post comments as a representative of the
District, except as authorized by the superintendent or the Superintendent's designee."

Flags: a post or profile

Does not flag: a

Evidence: the sentences that speak for the institution.

Measured: not yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from rollbook.plugins import Case, Hit, analyzer
from rollbook.register import may_speak
from rollbook.text import speech
from rollbook.text.folding import fold
from rollbook.text.institutions import PART, WHOLE, marked
from rollbook.text.places import own_words
from rollbook.text.sentences import sentences
from rollbook.text.speech import Act
from rollbook.types import Evidence

#: From this weight on the post is a finding. **Source**: tuned on one half of the development set and on own cases.
_THRESHOLD = 0.6
#: Below this a sentence says nothing of itself and adds nothing to another one.
_FAINT = 0.2
#: As far as "we" goes where nothing says who "we" are.
_NOBODYS = 0.5
#: Whose "we" is the institution's by office, as a district account's is.
_LEADS = re.compile(r"principal|superintendent|(?<!band )(?<!choir )(?<!music )(?<!choral )director|administrator|head of|chief|office|president")


@dataclass(frozen=True, slots=True)
class _Said:
    """One sentence that carries an act, and how far it goes."""

    act: Act
    weight: float
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


@analyzer("spokesperson", version=1)
def spokesperson(case: Case) -> Iterator[Hit]:
    """Finds words that speak for the District; where an authorisation is on record that day, they are cleared."""
    post = case.post
    if post.kind == "repost":
        return
    where, text = own_words(post)
    folded = fold(text)
    said = _said(case, folded.text)
    if not said:
        return
    evidence = []
    for item in sorted(said[:3], key=lambda item: item.start):
        start, end = folded.span(item.start, item.end)
        evidence.append(Evidence(where, start, end, text[start:end]))
    day = case.workspace.school_year.local(post.created_at).date()
    message = f"The author {said[0].act.does}, in words that speak as the District, a school, the board or a department"
    confidence = round(min(0.97, 0.35 + 0.6 * said[0].weight), 2)
    period = case.account.spokesperson
    if period is not None and may_speak(case.account, day):
        yield Hit(f"{message}.", confidence, tuple(evidence), cleared=f"authorised as spokesperson since {_written(period.from_on)}.")
    else:
        yield Hit(f"{message}; no authorisation as spokesperson is on record for {_written(day)}.", confidence, tuple(evidence))


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _said(case: Case, folded: str) -> list[_Said]:
    """The sentences that speak as the institution, the strongest first; empty where they do not go far enough."""
    text = marked(folded, case.workspace.district)
    setting = _setting(case, text)
    found = [said for span in sentences(text) if (said := _strongest(setting, text, *span)) is not None]
    found.sort(key=lambda said: -said.weight)
    if not found:
        return []
    total = found[0].weight + min(0.3, sum(said.weight / 2 for said in found[1:]))
    found[0] = replace(found[0], weight=min(1.0, total))
    return found if total >= _THRESHOLD else []


def _setting(case: Case, text: str) -> _Setting:
    asked = case.post.reply_to.text if case.post.reply_to else ""
    return _Setting(
        is_district=case.account.kind == "district",
        leads=case.account.kind == "district" or _LEADS.search(case.account.role.lower()) is not None,
        answers=bool(asked) and speech.ABOUT.search(marked(fold(asked).text, case.workspace.district)) is not None,
        disclaims=speech.DISCLAIMER.search(text) is not None,
        names_institution=WHOLE in text or PART in text,
        addresses_public=speech.PUBLIC.search(text) is not None,
        meets_rumor=speech.RUMOR.search(text) is not None,
        promises=speech.PROMISE.search(text) is not None,
        announces=speech.ANNOUNCES.search(text) is not None,
        feels=speech.FEELING.search(text) is not None,
        opens_with_answer=speech.ANSWERS.search(text) is not None,
    )


def _strongest(setting: _Setting, text: str, start: int, end: int) -> _Said | None:
    sentence = text[start:end]
    if sentence.rstrip("\"')").endswith("?"):
        return None
    best: _Said | None = None
    for act in speech.ACTS:
        match = act.pattern.search(sentence)
        if match is None or (best is not None and act.weight + 1 <= best.weight):
            continue
        weigh = _claim if act.speaker == "voice" else _act
        weight = weigh(setting, sentence, act, match)
        if weight > _FAINT and (best is None or weight > best.weight):
            best = _Said(act, weight, start, end)
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
        weight -= 0.3 * (not act.formal) + 0.6 * (speech.ROUTINE.search(sentence) is not None)
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
        return act.weight if speech.RESOLVES.search(after) or setting.meets_rumor or setting.promises else 0.3
    return act.weight if act.formal or not setting.is_district else _FAINT
