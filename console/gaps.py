"""What `template.yaml` lacks for the operations that are declared, one sentence for each gap.

The template is given with its loops expanded; `AWS::Serverless::Function` is not transformed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.schemas.lint import MAX_OPERATIONS
from shared.operations import ActionGroup, Operation
from shared.settings import Settings

_READS = {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:Scan"}
_HANDLER = "action_groups.handler."
_PERMISSION = "AWS::Lambda::Permission"
_RELAY = "shared.relay_handler.lambda_handler"
_VARIABLE = re.compile(r"\$\{([\w:.]+)\}")


@dataclass(frozen=True, slots=True)
class Need:
    """What an operation does with data: an action on a table, or on one of its indexes."""

    operation_id: str
    action: str
    """Such as `dynamodb:GetItem`."""
    table: str
    index: str | None = None


def gaps(groups: Sequence[ActionGroup], template: Mapping[str, Any]) -> list[str]:
    """Return a sentence for everything that the template lacks or has for nothing."""
    deployed = _Deployed(template)
    found = [
        *(gap for group in groups for gap in _gaps_of_group(group, deployed)),
        *_gaps_of_confirmation(groups, deployed),
        *_gaps_of_leftovers(groups, deployed),
        *_gaps_of_references(template),
        *_gaps_of_settings(deployed),
        *_gaps_of_tables(deployed),
        *(gap for function in deployed.functions for gap in _gaps_of_function(function, deployed)),
    ]
    return list(dict.fromkeys(found))


def gaps_of_permissions(
    groups: Sequence[ActionGroup], needs: Iterable[Need], template: Mapping[str, Any]
) -> list[str]:
    """Return a sentence for each need that the role of a function that serves it does not grant."""
    deployed = _Deployed(template)
    found = []
    for need in needs:
        for function in _serving(groups, need.operation_id, deployed):
            if not deployed.may(function, need.action, deployed.table_arn(need.table, need.index)):
                where = need.table + (f"/index/{need.index}" if need.index else "")
                found.append(
                    f"{need.operation_id}: {function.name} may not {need.action} on {where}"
                )
    return list(dict.fromkeys(found))


def notes(groups: Sequence[ActionGroup]) -> list[str]:
    """Return what whoever deploys must know, though nothing is missing."""
    count = sum(operation.path is not None for group in groups for operation in group)
    if count <= MAX_OPERATIONS:
        return []
    note = (
        f"Note: agents call {count} operations, and AWS lets an agent have {MAX_OPERATIONS} by "
        "default: ask for a higher quota of APIs an agent before you create one."
    )
    return [note]


@dataclass(frozen=True, slots=True)
class _Function:
    logical_id: str
    name: str
    handler: str
    event_types: frozenset[str]
    role: str
    doors: frozenset[str]

    @property
    def group(self) -> str | None:
        """The action group that it answers, if it answers one."""
        has_group = self.handler.startswith(_HANDLER)
        return self.handler.removeprefix(_HANDLER) if has_group else None


class _Deployed:
    """What the template says of functions, roles and tables."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self.parameters: Mapping[str, Any] = template.get("Parameters", {})
        self.resources: Mapping[str, Any] = template["Resources"]
        self.variables: Mapping[str, Any] = template["Globals"]["Function"]["Environment"][
            "Variables"
        ]
        self.functions = [
            _Function(
                logical_id=logical_id,
                name=self.text(properties["FunctionName"]),
                handler=properties["Handler"],
                event_types=frozenset(_event_types(properties)),
                role=_target(properties.get("Role")),
                doors=frozenset(self._doors_of(properties).split(",")),
            )
            for logical_id, properties in self.of_type("AWS::Serverless::Function")
        ]
        self.tables = {
            self.text(properties["TableName"]): logical_id
            for logical_id, properties in self.of_type("AWS::DynamoDB::Table")
        }

    def _doors_of(self, function: Mapping[str, Any]) -> str:
        own = function.get("Environment", {}).get("Variables", {})
        return self.text({**self.variables, **own}.get("DOORS", ""))

    def of_type(self, kind: str) -> list[tuple[str, Mapping[str, Any]]]:
        """Return logical id and properties of every resource of a type."""
        return [(i, r["Properties"]) for i, r in self.resources.items() if r["Type"] == kind]

    def text(self, value: Any) -> str:
        """Return a name as a deployment with the default parameters has it."""
        if isinstance(value, Mapping) and "Ref" in value:
            return str(self.parameters.get(value["Ref"], {}).get("Default", value["Ref"]))
        if not isinstance(value, Mapping) or "Fn::Sub" not in value:
            return str(value)
        text = value["Fn::Sub"]
        text, variables = (text, {}) if isinstance(text, str) else text
        return _VARIABLE.sub(
            lambda match: self.text(variables.get(match[1], {"Ref": match[1]})), text
        )

    def group_function(self, group: str) -> _Function | None:
        """Return the function that agents call for a group: it is named as the group."""
        ending = f"-{group.replace('_', '-')}"
        prefix = self.text({"Ref": "NamePrefix"})
        for function in self.functions:
            if function.group == group and function.name == prefix + ending:
                return function
        return None

    def may(self, function: _Function, action: str, arn: str) -> bool:
        """Tell whether a function's role allows an action on a resource, written `Name/rest`."""
        return any(
            action in _listed(statement["Action"])
            and arn in [_arn(resource) for resource in _listed(statement["Resource"])]
            for statement in self.statements(function.role)
        )

    def may_publish(self, function: _Function, source: str, event_type: str) -> bool:
        """Tell whether a function's role allows an event of this source and type on the bus."""
        wanted = {"events:source": source, "events:detail-type": event_type}
        return any(
            "events:PutEvents" in _listed(statement["Action"])
            and "EventBus" in map(_arn, _listed(statement["Resource"]))
            and all(
                wanted[key] in _listed(allowed)
                for keys in statement.get("Condition", {}).values()
                for key, allowed in keys.items()
            )
            for statement in self.statements(function.role)
        )

    def bus_denies(self, function: _Function) -> bool:
        """Tell whether the policy of the bus lets a function only ask, as everybody may."""
        policies = [bus.get("Policy", {}) for _, bus in self.of_type("AWS::Events::EventBus")]
        denials = [
            statement["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
            for policy in policies
            for statement in policy.get("Statement", ())
            if statement["Effect"] == "Deny"
        ]
        return any(function.role not in map(_target, _listed(spared)) for spared in denials)

    def table_arn(self, table: str, index: str | None = None) -> str:
        """Return a table, or one of its indexes, as the resources of statements are written."""
        return self.tables.get(table, table) + (f"/index/{index}" if index else "")

    def statements(self, role: str) -> Iterator[Mapping[str, Any]]:
        """Yield what a role allows, by its own policies and by those attached to it."""
        policies = [*self.resources.get(role, {}).get("Properties", {}).get("Policies", ())]
        for _, policy in self.of_type("AWS::IAM::Policy"):
            if role in map(_target, policy["Roles"]):
                policies.append(policy)
        for policy in policies:
            statements = policy["PolicyDocument"]["Statement"]
            yield from (s for s in _listed(statements) if s["Effect"] == "Allow")


def _gaps_of_group(group: ActionGroup, deployed: _Deployed) -> Iterator[str]:
    name, function = group.name, deployed.group_function(group.name)
    if function is None:
        yield (
            f"{name}: no function of template.yaml answers this group: it is named "
            f"${{NamePrefix}}-{name.replace('_', '-')} and has the handler {_HANDLER}{name}"
        )
    else:
        permitted = [_target(p["FunctionName"]) for _, p in deployed.of_type(_PERMISSION)]
        if f"{function.logical_id}.Alias" not in permitted:
            yield f"{name}: no permission lets the agent invoke {function.logical_id}.Alias"
        if "agent" not in function.doors:
            yield f"{name}: {function.name} is not open to agents: its variable DOORS has no agent"
    yield from _gaps_of_agent(name, function, deployed)
    requests = deployed.parameters["RequestSources"]["AllowedPattern"]
    if re.fullmatch(requests, group.source):
        yield (
            f"{name}: the parameter RequestSources may name {group.source}: its pattern excludes "
            "the sources of the groups"
        )
    for operation in group:
        if operation.event_type is not None:
            yield from _gaps_of_event(operation, operation.event_type, deployed)


def _gaps_of_agent(name: str, function: _Function | None, deployed: _Deployed) -> Iterator[str]:
    agents = [p for _, p in deployed.of_type("AWS::Bedrock::Agent")]
    listed = {g["ActionGroupName"]: str(g) for agent in agents for g in agent["ActionGroups"]}
    if name not in listed:
        yield f"{name}: the agent of template.yaml has no action group of this name"
    elif f"openapi/{name}.yaml" not in listed[name]:
        yield f"{name}: the action group of the agent does not read openapi/{name}.yaml"
    elif function is not None and f"{function.logical_id}.Alias" not in listed[name]:
        yield f"{name}: the action group of the agent does not call {function.logical_id}.Alias"


def _gaps_of_event(operation: Operation, event_type: str, deployed: _Deployed) -> Iterator[str]:
    delivered = [
        f for f in deployed.functions if f.group == operation.group and event_type in f.event_types
    ]
    if not delivered:
        yield (
            f"{event_type}: no rule of template.yaml delivers it to a function of {operation.group}"
        )
    for function in delivered:
        if "bus" not in function.doors:
            yield f"{event_type}: {function.name} is not open to the bus: its DOORS has no bus"
    said = [e for e in (operation.success_event, operation.failure_event) if e is not None]
    told = () if operation.is_step else said[1:] if operation.changes else said
    publishers = [(f, e) for f in delivered for e in told]
    if operation.changes:
        publishers += [(f, e) for f in deployed.functions if f.handler == _RELAY for e in said]
    for function, event in publishers:
        if not deployed.may_publish(function, operation.source, event):
            yield f"{event}: {function.name} may not put it on the bus as {operation.source}"
    for function in dict.fromkeys(function for function, _ in publishers):
        if deployed.bus_denies(function):
            yield f"{function.name}: the policy of the bus does not name {function.role}"


def _gaps_of_confirmation(groups: Sequence[ActionGroup], deployed: _Deployed) -> Iterator[str]:
    confirmed = [o for group in groups for o in group if o.confirm]
    for operation in confirmed:
        for function in _serving(groups, operation.operation_id, deployed):
            if not deployed.may(function, "kms:VerifyMac", "ConfirmationKey"):
                yield (
                    f"{operation.operation_id}: {function.name} may not kms:VerifyMac on "
                    "ConfirmationKey, so it can check no proof of the customer's yes"
                )


def _gaps_of_leftovers(groups: Sequence[ActionGroup], deployed: _Deployed) -> Iterator[str]:
    by_name = {group.name: group for group in groups}
    for function in deployed.functions:
        if function.group is None:
            continue
        group = by_name.get(function.group)
        if group is None:
            yield f"{function.name}: there is no action group {function.group} for it to answer"
            continue
        for event_type in sorted(function.event_types):
            if group.triggered_by(event_type) is None:
                yield (
                    f"{event_type}: a rule delivers it to {function.name}, and no operation of "
                    f"{group.name} takes it"
                )


def _gaps_of_references(template: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is referred to and is not there; a loop refers to what it looks up in a map."""
    known = {*template.get("Parameters", {}), *template["Resources"]}
    if "AutoPublishAlias" in template["Globals"]["Function"]:
        known |= {f"{function.logical_id}.Alias" for function in _Deployed(template).functions}
    users: dict[str, list[str]] = {}
    for user, resource in template["Resources"].items():
        for name in dict.fromkeys(_references(resource)):
            if name not in known and not name.startswith("AWS::"):
                users.setdefault(name, []).append(user)
    for name, named_by in users.items():
        yield f"{name}: template.yaml does not have it, and {', '.join(named_by)} refer to it"


def _references(node: Any) -> Iterator[str]:
    """Yield the logical ids that a part of the template names, and the keys that no map has."""
    if isinstance(node, list):
        for child in node:
            yield from _references(child)
    if not isinstance(node, Mapping):
        return
    for key, value in node.items():
        match key, value:
            case ("Ref", str(name)) | ("DependsOn", str(name)):
                yield name
            case ("Fn::GetAtt", _):
                yield _target(node)
            case ("Fn::FindInMap", [str(name), str(first), *_]):
                yield f"Mappings: {name}: {first}"
            case ("Fn::Sub", str(text)):
                yield from (match[1].partition(".")[0] for match in _VARIABLE.finditer(text))
            case ("Fn::Sub", [str(text), dict(variables)]):
                found = {match[1].partition(".")[0] for match in _VARIABLE.finditer(text)}
                yield from sorted(found - set(variables))
                yield from _references(variables)
            case _:
                yield from _references(value)


def _gaps_of_settings(deployed: _Deployed) -> Iterator[str]:
    for variable, is_required in Settings.variables().items():
        if variable not in deployed.variables:
            if is_required:
                yield f"{variable}: a setting that template.yaml gives to no function"
        elif variable.endswith("_TABLE"):
            table = deployed.text(deployed.variables[variable])
            if table not in deployed.tables:
                yield f"{variable}: template.yaml has no table {table}"
    for variable in deployed.variables:
        if variable.endswith("_TABLE") and variable not in Settings.variables():
            yield f"{variable}: given to every function, and no setting of shared/settings.py"


def _gaps_of_tables(deployed: _Deployed) -> Iterator[str]:
    for table in deployed.tables:
        arn = deployed.table_arn(table)
        if not any(deployed.may(f, action, arn) for f in deployed.functions for action in _READS):
            yield f"{table}: no function may read this table"


def _gaps_of_function(function: _Function, deployed: _Deployed) -> Iterator[str]:
    if not function.role:
        yield f"{function.name}: template.yaml names no role for it"
    groups = [deployed.text(p["LogGroupName"]) for _, p in deployed.of_type("AWS::Logs::LogGroup")]
    if f"/aws/lambda/{function.name}" not in groups:
        yield f"{function.name}: template.yaml has no log group for it"
    for metric in ("Errors", "Throttles"):
        if not any(
            p["MetricName"] == metric and function.logical_id in str(p.get("Dimensions"))
            for _, p in deployed.of_type("AWS::CloudWatch::Alarm")
        ):
            yield f"{function.name}: no alarm tells of its {metric.lower()}"


def _serving(
    groups: Sequence[ActionGroup], operation_id: str, deployed: _Deployed
) -> Iterator[_Function]:
    """Yield the functions that run an operation: for agents, and for its event."""
    for group in groups:
        for operation in group:
            if operation.operation_id != operation_id:
                continue
            agents_own = deployed.group_function(group.name)
            if operation.path is not None and agents_own is not None:
                yield agents_own
            if operation.event_type is not None:
                yield from (
                    f
                    for f in deployed.functions
                    if f.group == group.name and operation.event_type in f.event_types
                )


def _event_types(properties: Mapping[str, Any]) -> Iterator[str]:
    for event in (properties.get("Events") or {}).values():
        if event["Type"] == "EventBridgeRule":
            yield from event["Properties"]["Pattern"]["detail-type"]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _target(reference: Any) -> str:
    """Return the logical id that a `Ref` or `Fn::GetAtt` points to; empty for anything else."""
    match reference:
        case {"Ref": str(logical_id)} | {"Fn::GetAtt": [str(logical_id), *_]}:
            return logical_id
        case {"Fn::GetAtt": str(text)}:
            return text.partition(".")[0]
    return ""


def _arn(resource: Any) -> str:
    """Return the resource of a statement as `LogicalId`, or `LogicalId/what is below it`."""
    if isinstance(resource, Mapping) and "Fn::Sub" in resource:
        return str(resource["Fn::Sub"]).replace("${", "").replace(".Arn}", "")
    return _target(resource)
