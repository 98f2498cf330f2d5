"""Change sets in the making: one for each stack of the nest, while time passes."""

from __future__ import annotations

from tests.fakes.cloudformation.account import Account
from tests.fakes.cloudformation.clock import Steps
from tests.fakes.cloudformation.model import ChangeSet, Stack, Version
from tests.fakes.cloudformation.physical import suffix
from tests.fakes.cloudformation.planning import Options, StackPlan, plan
from tests.fakes.cloudformation.protocol import Record, modelled
from tests.fakes.cloudformation.template import EMPTY
from tests.fakes.cloudformation.versions import check_options, check_state, version_of

ONLY_ROOT = "Only executable from the root change set."
NAME_LIMIT = 128
CHANGE_SET_LIMIT = 1_000
_PENDING_SECONDS = 1.0
_OWN_SECONDS = 3.0
_CHILD_SECONDS = 2.0


def create_change_set(account: Account, request: Record) -> Record:
    """CreateChangeSet."""
    check_options(request)
    name, kind = request["ChangeSetName"], request.get("ChangeSetType", "UPDATE")
    stack = account.find(request["StackName"])
    found = _same(account, stack, request)
    if found is not None:
        return {"Id": found.id, "StackId": found.stack.id}
    check_state(stack, request["StackName"], name, kind)
    creating = stack is None or stack.status == "REVIEW_IN_PROGRESS"
    version = version_of(account, request, None if creating else stack)
    if stack is None:
        stack = account.new_stack(request["StackName"], Version(EMPTY, {}, {}), None, "")
        account.set_status(stack, "REVIEW_IN_PROGRESS", "User Initiated")
    if len(listed(account, stack)) >= CHANGE_SET_LIMIT:
        raise modelled("LimitExceededException", f"ChangeSet limit exceeded for stack {stack.id}")
    change_set = _new(account, stack, name, version, request)
    account.clock.start(_make(account, change_set, creating))
    return {"Id": change_set.id, "StackId": stack.id}


def _same(account: Account, stack: Stack | None, request: Record) -> ChangeSet | None:
    """The change set of that name where this is the same request again; raises where it is another one."""
    name, token = request["ChangeSetName"], request.get("ClientToken")
    for found in account.change_sets.values():
        if stack is None or found.stack is not stack or found.name != name or found.ended:
            continue
        if token and found.request.get("ClientToken") == token:
            return found
        for attribute in ("TemplateBody", "TemplateURL", "Parameters", "Capabilities", "Tags"):
            if found.request.get(attribute) != request.get(attribute):
                what = attribute.removesuffix("Body").removesuffix("URL")
                raise modelled(
                    "AlreadyExistsException",
                    f"ChangeSet {name} cannot be created due to a mismatch with existing attribute {what}",
                )
        raise modelled("AlreadyExistsException", f"ChangeSet [{name}] already exists")
    return None


def _new(
    account: Account,
    stack: Stack,
    name: str,
    version: Version,
    request: Record,
    parent: ChangeSet | None = None,
) -> ChangeSet:
    found = ChangeSet(
        account.arn("changeSet", name),
        name,
        stack,
        version,
        request.get("ChangeSetType", "UPDATE"),
        account.clock.now(),
        bool(request.get("IncludeNestedStacks")),
        request,
        account.new_uuid(name, "CREATE_CHANGESET"),
        description=request.get("Description", ""),
        on_stack_failure=request.get("OnStackFailure", ""),
        import_existing=bool(request.get("ImportExistingResources")),
        parent=parent,
    )
    account.change_sets[found.id] = found
    return found


def _make(account: Account, change_set: ChangeSet, creating: bool) -> Steps:
    scale = account.durations.scale
    yield _PENDING_SECONDS * scale
    if change_set.gone:
        return
    change_set.status = "CREATE_IN_PROGRESS"
    options = Options(
        change_set.nested, change_set.import_existing, not change_set.request.get("DisableValidation")
    )
    found = plan(account, change_set.stack, change_set.version, creating, options)
    _name_children(account, change_set, found)
    _fill(account, change_set, found)
    yield _OWN_SECONDS * scale
    yield from _finish_children(account, change_set, found, scale)
    _finish(account, change_set, found)


def _name_children(account: Account, change_set: ChangeSet, found: StackPlan) -> None:
    """Name the nested stacks that are new, and give each nested stack its change set."""
    for logical_id, child in found.children.items():
        stack = account.child(change_set.stack, logical_id)
        if stack is None:
            name = f"{change_set.stack.name}-{logical_id}-"
            stack = account.shell(change_set.stack, logical_id, Version(EMPTY, {}, {}), name)
            account.set_status(stack, "REVIEW_IN_PROGRESS", "User Initiated")
        made = f"{change_set.name}-{logical_id}-"[: NAME_LIMIT - 12]
        request = {**change_set.request, "ChangeSetType": _type(stack)}
        below = _new(account, stack, made + suffix(made, stack.id), child.version, request, change_set)
        below.status = "CREATE_IN_PROGRESS"
        change_set.children[logical_id] = below
        _name_children(account, below, child)


def _type(stack: Stack) -> str:
    return "CREATE" if stack.status == "REVIEW_IN_PROGRESS" else "UPDATE"


def _fill(account: Account, change_set: ChangeSet, found: StackPlan) -> None:
    change_set.changes, change_set.findings = found.changes, found.findings
    for entry in found.changes:
        below = change_set.children.get(entry["ResourceChange"]["LogicalResourceId"])
        if below is not None:
            entry["ResourceChange"]["ChangeSetId"] = below.id
    path = "/".join(change_set.stack.path)
    inside = [entry["ResourceChange"]["LogicalResourceId"] for entry in found.changes]
    dropped = [name for name in inside if f"{path}/{name}".lower().lstrip("/") in account.hidden]
    change_set.dropped_ids = frozenset(dropped)
    if dropped:
        change_set.dropped = (
            "[WARN] --include-property-values option can return incomplete ChangeSet data because: ChangeSet "
            f"creation failed for resource [{', '.join(dropped)}] because: Template error: every Fn::Join object "
            "requires two parameters, (1) a string delimiter and (2) a list of strings to be joined."
        )
    for logical_id, below in change_set.children.items():
        _fill(account, below, found.children[logical_id])


def _finish_children(account: Account, change_set: ChangeSet, found: StackPlan, scale: float) -> Steps:
    """The nested change sets end one after another; the root fails with the first that fails, and does not
    wait for the others."""
    for logical_id, below in change_set.children.items():
        child = found.children[logical_id]
        yield _CHILD_SECONDS * scale
        yield from _finish_children(account, below, child, scale)
        _finish(account, below, child)
        if below.status == "FAILED" and (child.failure or child.failed_below):
            _fail_above(below)


def _fail_above(below: ChangeSet) -> None:
    above = below.parent
    if above is None:
        return
    if above.status != "FAILED":
        above.status = "FAILED"
        above.reason = f"Nested change set {below.id} was not successfully created: Currently in FAILED."
    _fail_above(above)


def _finish(account: Account, change_set: ChangeSet, found: StackPlan) -> None:
    if change_set.gone or change_set.status not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
        return
    if found.failure:
        change_set.status, change_set.reason = "FAILED", found.failure
    elif not found.changed:
        change_set.status, change_set.reason = "FAILED", account.beliefs.no_change_reason
        change_set.changes = [] if change_set.parent is None else change_set.changes
        if change_set.parent is not None and account.beliefs.unchanged_child != "FAILED":
            change_set.status, change_set.reason = "CREATE_COMPLETE", ONLY_ROOT
    else:
        change_set.status = "CREATE_COMPLETE"
        change_set.reason = ONLY_ROOT if change_set.parent is not None else ""
        if change_set.parent is None and not change_set.ended:
            change_set.execution_status = "AVAILABLE"


def listed(account: Account, stack: Stack) -> list[ChangeSet]:
    """The change sets of a stack that ListChangeSets shows: neither executed nor obsolete."""
    return [c for c in account.change_sets.values() if c.stack is stack and not c.ended]
