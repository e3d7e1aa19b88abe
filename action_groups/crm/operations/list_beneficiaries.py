"""The operation listBeneficiaries."""

from pydantic import Field

from action_groups.crm import crm
from action_groups.crm.models import EXAMPLE_BENEFICIARY, BeneficiaryEntry
from action_groups.crm.store import Beneficiary, BeneficiaryStore
from shared.identity import Caller
from shared.models import (
    DEFAULT_PAGE_ITEMS,
    Answer,
    NextToken,
    PageItems,
    PageToken,
    Request,
    Unreadable,
)
from shared.paging import fill_page, issue_token, position_of

_KEY = ("user_id", "beneficiary_id")


class BeneficiariesQuery(Request):
    """Which page of the beneficiaries to list."""

    limit: PageItems = DEFAULT_PAGE_ITEMS
    next_token: PageToken = None


class Beneficiaries(Answer):
    """A page of beneficiaries."""

    beneficiaries: list[BeneficiaryEntry] = Field(description="The customer's beneficiaries.")
    unreadable: Unreadable = None
    next_token: NextToken


@crm.operation(
    "GET",
    "/beneficiaries",
    on="BENEFICIARIES_QUERY",
    replies=("BENEFICIARIES_RESPONSE",),
    example=(
        BeneficiariesQuery(limit=10),
        Beneficiaries(beneficiaries=[EXAMPLE_BENEFICIARY], next_token=None),
    ),
)
def list_beneficiaries(
    caller: Caller, request: BeneficiariesQuery, people: BeneficiaryStore
) -> Beneficiaries:
    """List the people and businesses whom the customer can transfer money to."""
    page = fill_page(
        lambda start, read_items: people.page_of(caller.user_id, start, read_items),
        entry_of=lambda item: BeneficiaryEntry.model_validate(
            BeneficiaryEntry.fields_of(Beneficiary.from_item(item))
        ),
        position_of_item=lambda item: {name: item[name] for name in _KEY},
        limit=request.limit,
        start=position_of(caller, request, request.next_token, _KEY),
    )
    return Beneficiaries(
        beneficiaries=page.entries,
        unreadable=page.unreadable_ids("beneficiary_id"),
        next_token=issue_token(caller, request, page.position),
    )
