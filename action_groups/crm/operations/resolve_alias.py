"""The operation resolveAlias."""

from pydantic import Field

from action_groups.crm import crm
from action_groups.crm.aliases.resolving import resolve
from action_groups.crm.models import EXAMPLE_BENEFICIARY, BeneficiaryEntry
from action_groups.crm.store import BeneficiaryStore
from shared.identity import Caller
from shared.models import Answer, Request, SearchText, Unreadable


class AliasQuery(Request):
    """Whom the customer means."""

    alias: SearchText = Field(
        description="How the customer calls the person, in the customer's own words, such as: mi "
        "hermano, Lupita, my landlord."
    )


class ScoredBeneficiary(BeneficiaryEntry):
    """A beneficiary whom the customer may mean."""

    score: float = Field(description="How well it matches, from 0 to 1.")


class AliasResolution(Answer):
    """Whom the customer means, when that is sure, or else who it may be."""

    match: str = Field(
        description="exact or fuzzy: `beneficiary` is meant; ambiguous: ask the customer which of "
        "the `candidates`, even if there is only one; none: nobody matches."
    )
    beneficiary: BeneficiaryEntry | None = Field(
        description="The beneficiary who is meant; absent unless that is sure."
    )
    candidates: list[ScoredBeneficiary] = Field(
        description="Who may be meant, best first; to ask the customer about when there is no "
        "`beneficiary`."
    )
    unreadable: Unreadable = None


@crm.operation(
    "GET",
    "/beneficiaries/resolve",
    on="ALIAS_RESOLUTION_REQUEST",
    replies=("ALIAS_RESOLUTION_RESPONSE",),
    example=(
        AliasQuery(alias=EXAMPLE_BENEFICIARY.alias),
        AliasResolution(
            match="exact",
            beneficiary=EXAMPLE_BENEFICIARY,
            candidates=[ScoredBeneficiary(**EXAMPLE_BENEFICIARY.model_dump(), score=1.0)],
        ),
    ),
)
def resolve_alias(caller: Caller, request: AliasQuery, people: BeneficiaryStore) -> AliasResolution:
    """Find the beneficiary whom the customer means by an alias, a name or a relationship.

    Use the beneficiary for a transfer only when there is one. Otherwise ask the customer which of
    the candidates is meant; never choose one yourself.
    """
    known, unreadable = people.sorted_out_of(caller.user_id)
    resolution = resolve(request.alias, known)
    if unreadable and resolution.person is not None:
        # Who cannot be read may be meant as well.
        resolution = resolution._replace(match="ambiguous", person=None)
    fields_of = BeneficiaryEntry.fields_of
    return AliasResolution(
        match=resolution.match,
        beneficiary=(
            BeneficiaryEntry.model_validate(fields_of(resolution.person))
            if resolution.person is not None
            else None
        ),
        candidates=[
            ScoredBeneficiary.model_validate(
                {**fields_of(candidate.person), "score": candidate.score}
            )
            for candidate in resolution.candidates
        ],
        unreadable=unreadable,
    )
