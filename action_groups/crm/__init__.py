"""The action group `crm`: the people whom the customer sends money to."""

from action_groups.crm.store import BeneficiaryStore
from shared.identity import NOBODY
from shared.operations import ActionGroup

crm = ActionGroup(
    name="crm",
    source="crm",
    title="CENTLI CRM",
    description="The customer's beneficiaries: finding one by alias, listing and adding them.",
    store=lambda database, settings, _clock: BeneficiaryStore(database, settings),
    first_read=lambda people: people.page_of(NOBODY, None, 1),
)
