"""Which changes of a nested change set will happen, which may, and which are only evaluated anew.

While a nested change set is made, the outputs of sibling stacks are unknown, so CloudFormation lists every
resource that one of them reaches, often as replaced (https://github.com/aws-cloudformation/
cloudformation-coverage-roadmap/issues/759). Where such a value comes from is known from the templates: when its
source does not change, neither does the value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from showcore_cfn.aws.values import STACK_TYPE, Detail
from showcore_cfn.deploy.change_set import Change, Node
from showcore_cfn.deploy.planning.comparison import Comparison
from showcore_cfn.review import known
from showcore_cfn.review.diff import Action
from showcore_cfn.review.impact import Affected, Fate, Impact
from showcore_cfn.review.values import Reference, Value, references, text_of

_PLACEHOLDERS = ("{{IntrinsicFunction", "{{changeSet:")


class Certainty(IntEnum):
    """How sure a change is."""

    REEVALUATED = 0  # computed anew, with the same outcome
    POSSIBLE = 1
    CERTAIN = 2


class Do(StrEnum):
    """What is done to a resource."""

    ADD = "add"
    CHANGE = "change"
    REPLACE = "replace"
    DELETE = "delete"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Touch:
    """One property of a resource that changes, or is evaluated anew."""

    name: str  # "BackupRetentionPeriod", "Tags"
    certainty: Certainty
    recreates: Certainty | None = None  # whether this property replaces the resource; None: never
    before: str | None = None
    after: str | None = None
    because: str = ""  # "network/VPC, unchanged"


@dataclass(frozen=True, slots=True)
class Planned:
    """One resource of the plan."""

    path: str
    stack: str
    type: str
    do: Do
    certainty: Certainty
    replacement: Certainty | None = None  # POSSIBLE or CERTAIN; None: it stays the same resource
    touches: tuple[Touch, ...] = ()
    fate: Fate | None = None  # of the old resource, where it goes or may go
    holds: str = ""  # "a database"
    losses: tuple[str, ...] = ()  # what the same one keeps for a shorter time than before, a clause each
    by_comparison: bool = False  # from the templates, where CloudFormation shows no detail

    @property
    def forced_by(self) -> tuple[str, ...]:
        """The properties that replace the resource, or may."""
        return tuple(touch.name for touch in self.touches if touch.recreates)

    @property
    def at_risk(self) -> bool:
        """Whether data goes, or may go: with the old resource, or with a shorter time of keeping it."""
        goes = bool(self.holds) and self.fate is not None
        return (goes or bool(self.losses)) and self.certainty > Certainty.REEVALUATED


_FATES = {
    "Delete": Fate.DELETED,
    "ReplaceAndDelete": Fate.DELETED,
    "Retain": Fate.KEPT,
    "ReplaceAndRetain": Fate.KEPT,
    "Snapshot": Fate.SNAPSHOT,
    "ReplaceAndSnapshot": Fate.SNAPSHOT,
}


def judge(
    tree: Node, changes: Iterable[Change], comparison: Comparison, *, creates: bool
) -> tuple[Planned, ...]:
    """Every resource of the change set, judged; then what the templates say of stacks that it hides."""
    placeholders = {node.stack: _unknown_parameters(node) for node in tree.nodes()}
    shown = _Judge({change.path: change for change in changes}, placeholders, comparison).all()
    unseen = {name.lower() for name in tree.unseen}
    hidden = _added(comparison) if creates else map(_compared, filter(_is_felt, comparison.affected.values()))
    return (*shown, *(planned for planned in hidden if planned.stack in unseen))


class _Judge:
    """Judges each resource once; a source is judged before what it feeds."""

    def __init__(
        self,
        changes: Mapping[str, Change],
        placeholders: Mapping[str, frozenset[str]],
        comparison: Comparison,
    ) -> None:
        self._changes = changes
        self._placeholders = placeholders
        self._comparison = comparison
        self._judged: dict[str, Planned] = {}

    def all(self) -> tuple[Planned, ...]:
        """In the order of the change set."""
        return tuple(self._of(path) for path in self._changes)

    def _of(self, path: str) -> Planned:
        if path not in self._judged:
            self._judged[path] = self._new(self._changes[path])
        return self._judged[path]

    def _new(self, change: Change) -> Planned:
        resource = change.resource
        affected = self._comparison.affected.get(change.path)
        if resource.action == "Dynamic" and affected is not None:
            return _compared(affected)  # what CloudFormation cannot tell yet, the templates can
        holds = known.holds(resource.type)
        fate = _FATES.get(resource.policy_action)
        if resource.action != "Modify":
            do = {"Add": Do.ADD, "Remove": Do.DELETE, "Import": Do.IMPORT}.get(resource.action, Do.CHANGE)
            sure = Certainty.POSSIBLE if resource.action == "Dynamic" else Certainty.CERTAIN
            return Planned(change.path, change.stack, resource.type, do, sure, fate=fate, holds=holds)
        touches = self._touches(change)
        certainty = max((touch.certainty for touch in touches), default=Certainty.POSSIBLE)
        replacement = max(filter(None, (touch.recreates for touch in touches)), default=None)
        if not touches and resource.replacement == "True":
            replacement = Certainty.POSSIBLE
        return Planned(
            *(change.path, change.stack, resource.type, Do.REPLACE if replacement else Do.CHANGE),
            certainty=certainty,
            replacement=replacement,
            touches=touches,
            fate=fate if replacement else None,
            holds=holds,
            losses=affected.losses if affected else (),
        )

    def _touches(self, change: Change) -> tuple[Touch, ...]:
        groups: dict[str, list[Detail]] = {}
        for detail in change.resource.details:
            groups.setdefault(detail.name or detail.attribute, []).append(detail)
        return tuple(self._touch(change, name, details) for name, details in groups.items())

    def _touch(self, change: Change, name: str, details: list[Detail]) -> Touch:
        certainty, because = self._certainty(change, name, details)
        worst = max((_RECREATION.get(detail.recreation, 0) for detail in details), default=0)
        if worst == _PERHAPS and name in known.INTERRUPTS.get(change.resource.type, ()):
            worst = 0  # documented as changed in place, with some interruption
        recreates = Certainty(min(worst, certainty)) if worst and certainty else None
        known_values = next((detail for detail in details if detail.after is not None), details[0])
        return Touch(name, certainty, recreates, known_values.before, _shown(known_values.after), because)

    def _certainty(self, change: Change, name: str, details: list[Detail]) -> tuple[Certainty, str]:
        if any(self._is_known(change.stack, detail) for detail in details) or self._differs(
            change.path, name
        ):
            return Certainty.CERTAIN, ""
        sources = self._sources(change.path, name)
        if not sources:
            return Certainty.POSSIBLE, "its source is not known"
        states = [(self._state(source), source) for source in sources]
        worst, source = max(states, key=lambda state: state[0])
        words = {Certainty.REEVALUATED: "unchanged", Certainty.POSSIBLE: "may change"}
        return worst, f"{source}, {words.get(worst, 'changes')}"

    def _is_known(self, stack: str, detail: Detail) -> bool:
        """Whether the new value is known by now: evaluated, and neither a placeholder nor fed by one."""
        if detail.evaluation == "Dynamic" or _is_placeholder(detail.after):
            return False
        if detail.before is not None and detail.before == detail.after:
            return False
        return detail.causing_entity not in self._placeholders.get(stack, frozenset())

    def _differs(self, path: str, name: str) -> bool:
        affected = self._comparison.affected.get(path)
        return affected is not None and any(judged.edit.place[:1] == (name,) for judged in affected.judged)

    def _sources(self, path: str, name: str) -> list[Reference]:
        resource = self._comparison.head.resources.get(path)
        properties = resource.properties if resource else None
        return references(properties.get(name)) if isinstance(properties, dict) else []

    def _state(self, source: Reference) -> Certainty:
        """Whether what a reference yields changes: surely, perhaps, or not at all."""
        if source.path not in self._changes:
            return Certainty.POSSIBLE if self._is_touched_unseen(source.path) else Certainty.REEVALUATED
        planned = self._of(source.path)
        if planned.do in (Do.ADD, Do.REPLACE):
            return planned.certainty
        if source.attribute is None or planned.certainty is Certainty.REEVALUATED:
            return Certainty.REEVALUATED  # the physical id of what is changed in place stays
        return Certainty.POSSIBLE

    def _is_touched_unseen(self, path: str) -> bool:
        affected = self._comparison.affected.get(path)
        return affected is not None and affected.impact >= Impact.POSSIBLE


_PERHAPS = 1
_RECREATION = {"Always": 2, "Conditionally": _PERHAPS}
_LEVELS = {Impact.REPLACEMENT: Certainty.CERTAIN, Impact.POSSIBLE: Certainty.POSSIBLE}


def _is_felt(affected: Affected) -> bool:
    whole = affected.change.action in (Action.ADD, Action.REMOVE, Action.MOVE)
    return whole or affected.impact > Impact.NONE


def _added(comparison: Comparison) -> Iterable[Planned]:
    """Every resource of a nest that does not exist yet."""
    for resource in comparison.head.resources.values():
        if resource.type != STACK_TYPE:
            yield Planned(
                *(resource.path, resource.stack, resource.type, Do.ADD, Certainty.CERTAIN),
                holds=known.holds(resource.type),
                by_comparison=True,
            )


def _compared(affected: Affected) -> Planned:
    resource = affected.change.resource
    doing = {Action.ADD: Do.ADD, Action.REMOVE: Do.DELETE, Action.MOVE: Do.REPLACE}
    replacement = _LEVELS.get(affected.impact)
    return Planned(
        affected.path,
        resource.stack,
        resource.type,
        doing.get(affected.change.action, Do.REPLACE if replacement else Do.CHANGE),
        certainty=Certainty.POSSIBLE if affected.change.action is Action.REACHED else Certainty.CERTAIN,
        replacement=replacement,
        touches=tuple(_compared_touches(affected)),
        fate=affected.fate,
        holds=affected.holds,
        losses=affected.losses,
        by_comparison=True,
    )


def _compared_touches(affected: Affected) -> Iterable[Touch]:
    for judged in affected.judged:
        before, after = _text(judged.edit.before), _text(judged.edit.after)
        yield Touch(judged.edit.where, Certainty.CERTAIN, _LEVELS.get(judged.impact), before, after)
    for cause in affected.causes:
        sure = Certainty.CERTAIN if cause.certain else Certainty.POSSIBLE
        yield Touch(cause.where, sure, _LEVELS.get(cause.impact), because=f"{cause.target}, replaced")


def _text(value: Value) -> str | None:
    return None if value is None else text_of(value)


def _unknown_parameters(node: Node) -> frozenset[str]:
    return frozenset(name for name, value in node.change_set.parameters.items() if _is_placeholder(value))


def _is_placeholder(value: str | None) -> bool:
    return value is not None and any(mark in value for mark in _PLACEHOLDERS)


def _shown(value: str | None) -> str | None:
    return "(known after apply)" if _is_placeholder(value) else value
