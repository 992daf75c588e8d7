"""What the answers of Meta's APIs have in common, for the parsers of Facebook, Instagram and Threads."""

from __future__ import annotations

from dataclasses import dataclass

from rollbook.pages import Item, read_item, refuse
from rollbook.types import Page


def top_of(page: Page, answer: object) -> Item:
    """The object that an answer is. **Raises** PageError (schema) for one that is none, or tells of an error."""
    top = read_item(answer, page.part, page.account)
    error = top.data.get("error")
    if error is not None:
        raise refuse(page, "schema", f"the platform says: {error.get('message') if isinstance(error, dict) else error}")
    return top


def by_id(top: Item) -> bool:
    """Whether an answer is what ``ids=`` gives: objects under their ids."""
    values = top.data.items()
    return bool(values) and all(isinstance(value, dict) and value.get("id") == number for number, value in values)


@dataclass(frozen=True, slots=True)
class Source:
    """Whose items a page of Instagram or Threads holds."""

    #: The key in the register.
    account: str
    #: Empty where the page does not say: then any author is taken.
    username: str

    @classmethod
    def of(cls, page: Page) -> Source:
        return cls(page.account, page.context.get("username", ""))

    def check(self, item: Item) -> None:
        """**Raises** PageError (foreign-id)."""
        name = item.words("username")
        if self.username and name and name.lower() != self.username.lower():
            raise item.refuse(f"is by {name}, another account", code="foreign-id")
