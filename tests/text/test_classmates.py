"""Which names the words beside them call a pupil's."""

import pytest

from rollbook.text.classmates import is_called_pupil, is_of_address, is_place, is_spoken_to, is_titled


def spanned(marked: str) -> tuple[str, tuple[int, int]]:
    """A text without its brackets, and the span that they held."""
    start, end = marked.index("["), marked.index("]") - 1
    return marked.replace("[", "", 1).replace("]", "", 1), (start, end)


@pytest.mark.parametrize("marked", [
    "Our story champion is third grader [Odile]: 40 books.",
    "[Emory Vance] from my 8th grade lab still owes me a lab report.",
    "Proud of [Bettina K.], 10th grade, who never quits.",
    "Has anyone seen [Ravi Stoll]? 4th grader, red coat.",
    "Kindergartner [Oakley Frame] wants a dry nap mat.",
    "[Tomás Arce] (a junior) plays Saturday.",
    "La ofrenda de [Ximena], de segundo grado, quedó preciosa.",
    "[DANA WEST], SENIOR, SIGNED TODAY.",
    "[Ines P.] in room 12 has a birthday.",
])
def test_a_name_is_called_a_pupils(marked: str) -> None:
    assert is_called_pupil(*spanned(marked))


@pytest.mark.parametrize("marked", [
    "Meet [Ann Bowles], 8th grade teacher.",
    "[Ms. Ito]'s 1st grade sang today.",
    "Ms. [Ito] in room 12 is retiring.",
    "[Peter Brown] wrote it. My second graders cried.",
    "[Tess Arden], a senior in 2009, spoke to us.",
    "Former student [Theo Marsh] is home.",
    "[Lena Fox] won the county seat.",
    "Thank you [Joe Bly] for the pizza, from all of us and the third grade team.",
    "[Joan Reyes] (grade 4 aide) is back.",
    "[Amberton] students read 900 books.",
    "La única niña [hondureña] de sexto llegó ayer.",
])
def test_a_name_is_not_called_a_pupils(marked: str) -> None:
    assert not is_called_pupil(*spanned(marked))


@pytest.mark.parametrize("marked", [
    "Write to [aholm]@larkspur.example today.",
    "A note to [aholm] (at) larkspur (dot) org is enough",
    "aholm@[larkspur].example",
    "write to aholm (at[) larkspur] (dot) org",
    "Add my personal snap ([renny.dx]) and ask there.",
])
def test_a_part_of_an_address_is_nobodys_name(marked: str) -> None:
    assert is_of_address(*spanned(marked))


@pytest.mark.parametrize("marked", ["We met at [Bierman]'s shed.", "Lunch at [Dina] Park", "Say hello to [Ona Lind]!"])
def test_other_names_are_no_part_of_an_address(marked: str) -> None:
    assert not is_of_address(*spanned(marked))


@pytest.mark.parametrize(("marked", "place"), [
    ("The transfer from [Guelph] said so.", True), ("What a run by the [Fishers]!", True), ("Home against [Corvale] tonight.", True),
    ("Happy birthday [Odile], room 4!", False), ("We are all at [Odile]'s reading.", False),
])
def test_a_word_that_stands_as_a_place_is_nobodys_name(marked: str, place: bool) -> None:
    assert is_place(*spanned(marked)) == place


def test_who_is_spoken_to_stands_at_the_beginning() -> None:
    assert is_spoken_to(*spanned("[Dre Crowe], come by tomorrow."))
    assert is_spoken_to(*spanned("@[Dre Crowe] you're better than that list."))
    assert not is_spoken_to(*spanned("[Dre Crowe] scored twice."))
    assert not is_spoken_to(*spanned("Tell [Dre Crowe], please."))


def test_no_pupil_bears_a_title() -> None:
    assert all(map(is_titled, ("Coach Silva", "Señora B", "the Fishers", "Mr. Ott")))
    assert not any(map(is_titled, ("Theo Lindqvist", "Drew Sral", "Colin Rev")))
