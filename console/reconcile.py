"""Showing on a stack what `console.books` finds, and counting it where the alarm looks."""

import time

from console import books
from console.deployment import Deployment
from shared.clock import system_clock
from shared.observability import NAMESPACE

METRIC = "BookDisagreements"


def show(deployment: Deployment) -> int:
    """Print what disagrees, count it, and return 0 when everything agrees, else 1."""
    report = report_on(deployment)
    print("read " + ", ".join(f"{count} {table}" for table, count in report.read.items()))
    for account_id in report.moving:
        print(f"not proved {account_id}: it kept moving while its records were read")
    for disagreement in report.disagreements:
        print(f"disagrees  {disagreement}")
    count = len(report.disagreements)
    deployment.cloud.client("cloudwatch").put_metric_data(
        Namespace=NAMESPACE,
        MetricData=[
            {
                "MetricName": METRIC,
                "Dimensions": [{"Name": "service", "Value": deployment.name_prefix}],
                "Value": count,
                "Unit": "Count",
            }
        ],
    )
    print(f"{count} of these do not agree." if count else "The books agree.")
    return 1 if count else 0


def report_on(deployment: Deployment) -> books.Report:
    """Return what disagrees in the tables of a stack."""
    client = deployment.cloud.client("dynamodb")
    return books.prove(client, deployment.name_prefix, clock=system_clock, sleep=time.sleep)
