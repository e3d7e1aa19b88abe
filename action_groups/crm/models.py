"""What the operations of the CRM have in common."""

from pydantic import Field

from action_groups.crm.store import Beneficiary
from shared.models import Answer


class BeneficiaryEntry(Answer):
    """A beneficiary as the customer sees it."""

    beneficiary_id: str = Field(description="Identifier of the beneficiary.")
    name: str = Field(description="Full name.")
    alias: str = Field(description="What the customer calls the beneficiary.")
    account_id: str = Field(description="Account to transfer to.")
    relationship: str | None = Field(description="What the beneficiary is to the customer.")

    @classmethod
    def fields_of(cls, beneficiary: Beneficiary) -> dict[str, str | None]:
        """Return the fields that every view of a beneficiary shows."""
        return {
            "beneficiary_id": beneficiary.beneficiary_id,
            "name": beneficiary.name,
            "alias": beneficiary.alias,
            "account_id": beneficiary.account_id,
            "relationship": beneficiary.relationship or None,
        }


EXAMPLE_BENEFICIARY = BeneficiaryEntry(
    beneficiary_id="ben-f04ce5c9de7d6bcf89b9225fc237f4af",
    name="Juan López García",
    alias="mi hermano",
    account_id="acc-juan-checking",
    relationship="brother",
)
"""A beneficiary whom the seeds give to `user-maria`."""
