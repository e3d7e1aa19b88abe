"""The Lambda handler of every CRM function: they differ in role and trigger only."""

from action_groups.crm import crm, operations
from shared.front_doors import lambda_handler_for
from shared.service import Service, connect

lambda_handler = lambda_handler_for(Service(crm.load(operations), connect()))
