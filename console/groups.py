"""Every action group with its operations declared, without connecting to anything."""

from action_groups.core_banking import core_banking
from action_groups.core_banking import operations as core_banking_operations
from action_groups.crm import crm
from action_groups.crm import operations as crm_operations
from action_groups.marketplace import marketplace
from action_groups.marketplace import operations as marketplace_operations
from shared.operations import ActionGroup


def all_groups() -> tuple[ActionGroup, ...]:
    """Return the groups; a module declares its operations once, however often it is loaded."""
    return (
        core_banking.load(core_banking_operations),
        marketplace.load(marketplace_operations),
        crm.load(crm_operations),
    )
