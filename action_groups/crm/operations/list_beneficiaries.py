"""The operation listBeneficiaries."""

from pydantic import Field

from action_groups.crm import crm
from action_groups.crm.models import BeneficiaryEntry
from action_groups.crm.store import Beneficiary, BeneficiaryStore
from shared.identity import Caller
from shared.models import DEFAULT_PAGE_ITEMS, Answer, PageItems, PageToken, Request
from shared.paging import fill_page, issue_token, position_of

_KEY = ("user_id", "beneficiary_id")


class BeneficiariesQuery(Request):
    """Which page of the beneficiaries to list."""

    limit: PageItems = Field(
        default=DEFAULT_PAGE_ITEMS, description="How many to return, 1 to 50; 20 when left out."
    )
    next_token: PageToken | None = Field(
        default=None, description="The next_token of the page before, to go on from there."
    )


class Beneficiaries(Answer):
    """A page of beneficiaries."""

    beneficiaries: list[BeneficiaryEntry] = Field(description="The customer's beneficiaries.")
    next_token: str | None = Field(description="Give it back for the next page; null at the end.")


@crm.operation(
    "GET", "/beneficiaries", on="BENEFICIARIES_QUERY", replies=("BENEFICIARIES_RESPONSE",)
)
def list_beneficiaries(
    caller: Caller, request: BeneficiariesQuery, people: BeneficiaryStore
) -> Beneficiaries:
    """List the people and businesses whom the customer can transfer money to."""
    entries, position = fill_page(
        lambda start: people.page_of(caller.user_id, start, request.limit + 1),
        entry_of=lambda item: BeneficiaryEntry.model_validate(
            BeneficiaryEntry.fields_of(Beneficiary.from_item(item))
        ),
        position_of_item=lambda item: {name: item[name] for name in _KEY},
        limit=request.limit,
        start=position_of(caller, request, request.next_token, _KEY),
    )
    return Beneficiaries(
        beneficiaries=entries,
        next_token=issue_token(caller, request, position) if position else None,
    )
