"""Whether a name in a text is the one on record."""

from __future__ import annotations

import pytest

from rollbook.text.naming import fits


@pytest.mark.parametrize(("written", "on_record", "expected"), [
    ("Imani Rowntree", "Imani Rowntree", True),
    ("IMANI ROWNTREE", "Imani Rowntree", True),
    ("Imani R.", "Imani Rowntree", True),
    ("Imani", "Imani Rowntree", True),
    ("Rowntree's", "Imani Rowntree", True),
    ("Imani Rowntree’s", "Imani Rowntree", True),
    ("José Núñez", "Jose Nunez", True),
    ("Imani S.", "Imani Rowntree", False),
    ("Imani Ross", "Imani Rowntree", False),
    ("Amani Rowntree", "Imani Rowntree", False),
    ("R.", "Imani Rowntree", False),
    ("", "Imani Rowntree", False),
    ("Imani", "", False),
])
def test_fits(written: str, on_record: str, expected: bool) -> None:
    assert fits(written, on_record) is expected
