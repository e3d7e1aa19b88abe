"""The Lambda handler of every marketplace function: they differ in role and trigger only."""

from action_groups.marketplace import marketplace, operations
from shared.front_doors import lambda_handler_for
from shared.service import Service, connect

lambda_handler = lambda_handler_for(Service(marketplace.load(operations), connect()))
