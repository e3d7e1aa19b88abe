"""The base of request and answer models, and the field types that groups have in common."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from shared.text import alphabets_problem, line_problem

MAX_PAGE_ITEMS = 50
DEFAULT_PAGE_ITEMS = 20


class Request(BaseModel):
    """What an operation takes: typed strictly, nothing extra."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answer(BaseModel):
    """What an operation returns, and the data of the event that publishes it."""

    model_config = ConfigDict(frozen=True)

    def payload(self) -> dict[str, Any]:
        """Return the answer as JSON-ready values, amounts as Decimal; what is absent has no key."""
        return self.model_dump(exclude_none=True)


def _printable(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise ValueError("must be readable text on one line, without control characters")
    return text


def _plain(text: str) -> str:
    problem = line_problem(text) or alphabets_problem(text)
    if problem is not None:
        raise ValueError(problem)
    return text


Identifier = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[!-~]+$")]
"""An id as this system gives them out: visible ASCII characters, no spaces."""

SearchText = Annotated[
    str, StringConstraints(min_length=1, max_length=140), AfterValidator(_printable)
]
"""One line of a person's text that is only looked up, as people write it."""

Line = Annotated[SearchText, AfterValidator(_plain)]
"""One line of a person's text that is kept and shown beside the bank's own: see `line_problem`."""

PageItems = Annotated[
    int,
    Field(ge=1, le=MAX_PAGE_ITEMS, description="How many to return, 1 to 50; 20 when left out."),
]
PageToken = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None,
    Field(description="The next_token of the page before, to go on from there."),
]
NextToken = Annotated[
    str | None, Field(description="Give it back for the next page; absent at the end.")
]
"""The token of the page that follows, in an answer."""

LookedAt = Annotated[
    int | None,
    Field(
        description="Only there when this page ends because it looked at as many items as one page "
        "may: how many. There may be more to find with `next_token`."
    ),
]
"""How many items a page passed over or returned, in an answer that is not the end of a search."""

Unreadable = Annotated[
    list[str] | None,
    Field(description="Ids of what is there too and cannot be read: tell the customer."),
]
"""What a list leaves out, in an answer; absent when it is nothing."""
