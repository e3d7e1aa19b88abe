"""The Lambda handler of every core banking function: they differ in role and trigger only."""

from action_groups.core_banking import core_banking, operations
from shared.front_doors import lambda_handler_for
from shared.service import Service, connect

lambda_handler = lambda_handler_for(Service(core_banking.load(operations), connect()))
