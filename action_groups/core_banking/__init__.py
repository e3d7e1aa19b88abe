"""The action group `core_banking`: balances, transfers, history, and payments of purchases."""

from action_groups.core_banking.store import BankStore
from shared.identity import NOBODY
from shared.operations import ActionGroup

core_banking = ActionGroup(
    name="core_banking",
    source="core-banking",
    title="CENTLI core banking",
    description="Balances, transfers and transaction history of the customer's own accounts.",
    store=BankStore,
    # getBalance is asked of all accounts and of one.
    first_read=lambda bank: (bank.accounts.of(NOBODY), bank.accounts.get(NOBODY, NOBODY)),
)
