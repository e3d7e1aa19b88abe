"""The operation addBeneficiary."""

from collections.abc import Iterator

from pydantic import Field

from action_groups.crm import crm
from action_groups.crm.aliases.choosing import alias_problem
from action_groups.crm.aliases.folding import Key
from action_groups.crm.aliases.resolving import in_order, resolve_key
from action_groups.crm.errors import (
    AccountNotFound,
    AliasRefused,
    AliasTaken,
    TooManyBeneficiaries,
)
from action_groups.crm.models import BeneficiaryEntry
from action_groups.crm.store import (
    MAX_BENEFICIARIES,
    Beneficiary,
    BeneficiaryStore,
    beneficiary_id_for,
)
from shared.accounts import Account
from shared.changes import Change, Stamp
from shared.confirmation import Terms, Warned
from shared.holders import names_differ, shown_holder
from shared.identity import Caller
from shared.models import Answer, Identifier, Line, Request
from shared.text import plain_line


class NewBeneficiary(Request):
    """A beneficiary to add."""

    name: Line = Field(description="Full name of the person or business.")
    alias: Line = Field(
        description="What the customer calls them, such as: mi hermano. No two beneficiaries of a "
        "customer have the same alias."
    )
    account_id: Identifier = Field(description="Account that transfers to them enter.")
    relationship: Line | None = Field(
        default=None,
        description="What they are to the customer, such as: brother, sister, mother, friend.",
    )


class BeneficiaryAdded(Answer):
    """The beneficiary that was added."""

    beneficiary: BeneficiaryEntry = Field(description="The beneficiary that was added.")


class BeneficiaryTerms(Terms):
    """What a person agrees to before a beneficiary is added."""

    name: str = Field(description="Name that the customer gives.")
    alias: str = Field(description="What the customer calls them.")
    relationship: str | None = Field(
        description="What they are to the customer: so they are called too."
    )
    account_id: str = Field(description="Account that transfers to them enter.")
    holder: str | None = Field(
        description="Who holds it, by the bank's own records: somebody else's name is masked."
    )


@crm.operation(
    "POST",
    "/beneficiaries",
    on="ADD_BENEFICIARY_REQUEST",
    replies=("BENEFICIARY_ADDED", "ADD_BENEFICIARY_FAILED"),
    confirm=BeneficiaryTerms,
    example=(
        NewBeneficiary(
            name="Carlos Ramírez Soto",
            alias="mi compadre",
            account_id="acc-carlos-checking",
            relationship="compadre",
        ),
        BeneficiaryAdded(
            beneficiary=BeneficiaryEntry(
                beneficiary_id="ben-41c2c439d99bf0abe8fd257a1ebd676d",
                name="Carlos Ramírez Soto",
                alias="mi compadre",
                account_id="acc-carlos-checking",
                relationship="compadre",
            )
        ),
    ),
)
def add_beneficiary(
    caller: Caller, request: NewBeneficiary, people: BeneficiaryStore, stamp: Stamp
) -> Change[BeneficiaryAdded]:
    """Add a person or business to whom the customer wants to transfer money by an alias."""
    others = people.all_of(caller.user_id)
    _check_alias(request, others)
    if len(others) >= MAX_BENEFICIARIES:
        raise TooManyBeneficiaries(
            f"The customer has {MAX_BENEFICIARIES} beneficiaries, which is the most there can be."
        )
    owners = people.accounts.owners_of(request.account_id)
    account = people.accounts.owned_by_one(owners, request.account_id)
    is_own = account is not None and account.user_id == caller.user_id
    if (
        stamp.is_preview
        and not is_own
        and not people.limits.payee(caller.user_id, request.account_id).is_known
    ):
        people.limits.count_terms(caller.user_id, stamp.at)
    # Whatever is wrong with somebody else's account has one answer, as for a transfer.
    if account is None or not (is_own or account.takes_pesos):
        raise AccountNotFound(
            "There is no account with this `account_id` that takes transfers: ask the customer to "
            "check the number."
        )
    beneficiary = Beneficiary(
        beneficiary_id=beneficiary_id_for(request.alias),
        name=request.name,
        alias=request.alias,
        account_id=request.account_id,
        relationship=request.relationship or "",
    )
    entry = BeneficiaryEntry.model_validate(BeneficiaryEntry.fields_of(beneficiary))
    shown = stamp.shown(
        lambda: BeneficiaryTerms(
            name=plain_line(request.name),
            alias=plain_line(request.alias),
            relationship=plain_line(request.relationship or "") or None,
            account_id=request.account_id,
            holder=shown_holder(account, caller.user_id),
        ),
        lambda: _warnings(request, account),
    )
    return Change(
        BeneficiaryAdded(beneficiary=entry),
        [
            people.add(caller.user_id, beneficiary, stamp.created_at, stamp.kept(shown)),
            people.still_held(account),
        ],
        shown=shown,
    )


def _warnings(request: NewBeneficiary, account: Account) -> Iterator[Warned]:
    if account.holder_name is not None and names_differ(request.name, account.holder_name):
        yield Warned(
            "NAME_DIFFERS", "The account is held by somebody of another name than the one given."
        )


def _check_alias(request: NewBeneficiary, others: list[Beneficiary]) -> None:
    key, written = Key(request.alias), in_order(others)
    if any(other.is_called(key) for other in written):
        raise AliasTaken(
            "The customer already calls another beneficiary so: ask for a different alias."
        )
    problem = alias_problem(
        key,
        name=request.name,
        relationship=request.relationship or "",
        others=written,
    )
    if problem is not None:
        raise AliasRefused(problem)
    meant = resolve_key(key, written).person
    if meant is not None and meant.account_id != request.account_id:
        raise AliasTaken(
            "The customer already means another beneficiary by this alias: ask for one that tells "
            "the two apart, such as the name with the surname."
        )
