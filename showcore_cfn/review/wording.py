"""How a review is put into words: the same ones in every form of the report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from showcore_cfn.review import retention
from showcore_cfn.review.compare import Edit, Kind, place_text
from showcore_cfn.review.diff import Action, Around
from showcore_cfn.review.impact import Affected, Fate, Impact, Judged
from showcore_cfn.review.review import Review, quiet
from showcore_cfn.review.security import Direction
from showcore_cfn.review.values import Value, text_of
from showcore_cfn.template.load import Document, Place

_SECRET: Final = re.compile(r"(password|secretstring|authtoken|privatekey|secretkey)$", re.IGNORECASE)
_LONGEST: Final = 90
HIDDEN: Final = "(hidden)"

FATES: Final = {
    Fate.DELETED: "deleted",
    Fate.KEPT: "kept, but no longer managed by the stack",
    Fate.SNAPSHOT: "deleted after a snapshot of it was taken",
}
IMPACTS: Final = {
    Impact.NONE: "no effect",
    Impact.UPDATE: "updated in place",
    Impact.INTERRUPTION: "updated in place, with some interruption",
    Impact.POSSIBLE: "may be replaced",
    Impact.REPLACEMENT: "replaced",
}


def outcome(affected: Affected) -> str:
    """One word for what happens to a resource: the key that counts and colours go by."""
    action, impact = affected.change.action, affected.impact
    if action in (Action.ADD, Action.REMOVE):
        return "add" if action is Action.ADD else "delete"
    if impact is Impact.REPLACEMENT:
        return "replace"
    if impact is Impact.POSSIBLE:
        return "may replace"
    if quiet(affected):
        return "no effect"
    return "change" if action is not Action.REACHED else "reached"


ORDER: Final = ("replace", "may replace", "delete", "add", "change", "reached", "no effect")
SYMBOLS: Final = {  # the one set: a plan's too, which also imports
    "add": "+",
    "import": "<",
    "delete": "-",
    "replace": "-/+",
    "may replace": "-/+?",
    "change": "~",
    "reached": "~",
    "no effect": "=",
}


def counts(affected: Iterable[Affected]) -> dict[str, int]:
    """How many resources meet each outcome, the worst first."""
    found = Counter(map(outcome, affected))
    return {name: found[name] for name in ORDER if found[name]}


def counted(found: dict[str, int]) -> str:
    """`1 replace, 2 add, 3 change`."""
    return ", ".join(f"{number} {name}" for name, number in found.items())


def verdict(review: Review) -> str:
    """The whole review in one line."""
    if review.difference.empty:
        return "Nothing differs."
    parts: list[str] = []
    if review.refusals:
        parts.append("CloudFormation refuses this")
    if review.at_risk:
        parts.append(f"data at risk: {listed_paths(review.at_risk)}")
    felt = {name: number for name, number in counts(review.affected).items() if name != "no effect"}
    if felt:
        parts.append(_loud(felt))
    elif not review.changes_nothing:
        parts.append("no resource changes, parameters or outputs do")
    else:
        parts.append("no change to the account, only to how the templates are written")
    parts.extend(_money(review))
    wider = sum(change.direction is Direction.WIDENS for change in review.security)
    if wider:
        parts.append(f"{wider} widening{'s' if wider > 1 else ''}")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _loud(found: dict[str, int]) -> str:
    """The counts with replacements in capitals: `1 REPLACE, 2 may be replaced, 3 change`."""
    names = {"replace": "REPLACE", "may replace": "may be replaced"}
    return counted({names.get(name, name): number for name, number in found.items()})


def listed_paths(affected: Iterable[Affected], most: int = 3) -> str:
    """The first few paths, and how many more."""
    paths = [item.path for item in affected]
    more = f" and {len(paths) - most} more" if len(paths) > most else ""
    return f"{', '.join(paths[:most])}{more}"


def _money(review: Review) -> Iterator[str]:
    if review.cost is not None:
        from showcore_cfn.cost.delta import headline

        yield from filter(None, [headline(review.cost)])


def cost_sentence(review: Review) -> str:
    """The difference in cost, and where the total stands to the budget."""
    cost = review.cost
    if cost is None:
        return ""
    from showcore_cfn.cost.delta import sentence

    said = sentence(cost)
    if review.budget_usd is not None:
        left = review.budget_usd - cost.after
        budget = f"the budget of {review.budget_usd:,.2f} USD"
        if left >= 0 and not cost.after_complete:
            return f"{said} Whether that is within {budget} is not known."
        side = f"{left:,.2f} USD below" if left >= 0 else f"{-left:,.2f} USD ABOVE"
        said += f" That is {side} {budget}."
    return said


def effect(affected: Affected) -> str:
    """What happens to a resource, in a phrase: "replaced because of CidrBlock; the old one is deleted"."""
    action = affected.change.action
    fate = f"the old one is {FATES[affected.fate]}" if affected.fate else ""
    if action is Action.ADD:
        return "created"
    if action is Action.REMOVE:
        return FATES[affected.fate] if affected.fate else "deleted"
    if action is Action.MOVE and affected.change.before is not None:
        origin = affected.change.before.path
        return (
            f"created anew under this name, since logical ids cannot be renamed; {origin} is {_old(affected)}"
        )
    said = IMPACTS[affected.impact]
    if affected.forced_by:
        said += f" because of {', '.join(affected.forced_by[:3])}"
    condition = affected.change.resource.condition
    where = f"only where {condition} holds" if condition else ""
    return "; ".join(part for part in (said, fate, where) if part)


def _old(affected: Affected) -> str:
    return FATES[affected.fate] if affected.fate else "deleted"


def risk(affected: Affected) -> str:
    """What becomes of data: a sentence or two for "Data at risk"."""
    kept = retention.sentence(affected.path, affected.losses)
    gone = _gone(affected) if affected.holds and affected.fate is not None else ""
    return " ".join(filter(None, (gone, kept)))


def _gone(affected: Affected) -> str:
    certain = affected.change.action in (Action.REMOVE, Action.MOVE) or affected.impact is Impact.REPLACEMENT
    verb = "is" if certain else "would be"
    what = f"{affected.path} holds {affected.holds}; "
    if affected.change.action is Action.REMOVE:
        what += f"it {verb} {FATES[affected.fate or Fate.DELETED]}."
    else:
        why = f" ({', '.join(affected.forced_by[:3])})" if affected.forced_by else ""
        what += (
            f"the replacement{why} starts empty, the old one {verb} {FATES[affected.fate or Fate.DELETED]}."
        )
    if affected.change.resource.type == "AWS::S3::Bucket" and affected.fate is Fate.DELETED:
        what += " A bucket that is not empty cannot be deleted: it stays behind."
    return what


def because(affected: Affected) -> str:
    """What a resource follows: `follows network/VPC (VpcId), network/PrivateSubnetA (SubnetIds)`; or nothing."""
    targets: dict[str, list[str]] = {}
    for cause in sorted(affected.causes, key=lambda cause: -cause.impact):
        top = cause.where.partition("[")[0]
        name = cause.target if cause.certain else f"{cause.target}, if that is replaced"
        if top not in targets.setdefault(name, []):
            targets[name].append(top)
    found = [f"{name} ({', '.join(places)})" for name, places in targets.items()]
    return f"follows {', '.join(found)}" if found else ""


def shown(edit: Edit, value: Value) -> Value:
    """The value with every secret in it hidden: passwords, tokens and keys, by the name they stand under."""
    last = next((step for step in reversed(edit.place) if isinstance(step, str)), "")
    return _without_secrets(last, value)


def _without_secrets(name: str, value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _without_secrets(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_secrets(name, inner) for inner in value]
    is_secret = isinstance(value, str) and _SECRET.search(name) and not value.startswith("{{resolve:")
    return HIDDEN if is_secret else value


def value_text(edit: Edit, value: Value, longest: int = _LONGEST) -> str:
    """A value as one line: shortened, and without secrets."""
    text = text_of(shown(edit, value))
    lines = text.count("\n") + 1
    flat = " ".join(text.split())
    if len(flat) > longest:
        flat = f"{flat[: longest - 1].rstrip()}…"
    return f"{flat} ({lines} lines)" if lines > 1 and len(text) > longest else flat


def edit_text(edit: Edit, longest: int = _LONGEST) -> str:
    """`before -> after`."""
    if edit.kind is Kind.ADDED:
        return f"+ {value_text(edit, edit.after, longest)}"
    if edit.kind is Kind.REMOVED:
        return f"- {value_text(edit, edit.before, longest)}"
    if edit.kind is Kind.REORDERED:
        return "the same items in another order"
    before, after = value_text(edit, edit.before, longest), value_text(edit, edit.after, longest)
    if before == after:  # what differs lies beyond what is shown
        texts = text_of(shown(edit, edit.before)), text_of(shown(edit, edit.after))
        before, after = _around_difference(*texts, longest)
    return f"{before} -> {after}"


def _around_difference(before: str, after: str, longest: int) -> tuple[str, str]:
    start = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    first = max(0, start - longest // 4)
    return tuple(  # type: ignore[return-value]
        f"{'…' if first else ''}{' '.join(text[first : first + longest].split())}" for text in (before, after)
    )


def note(judged: Judged) -> str:
    """What is to be said of one difference beside its values."""
    parts = [judged.why] if judged.why else []
    if judged.impact >= Impact.INTERRUPTION and not judged.why:
        parts.append("forces replacement" if judged.impact is Impact.REPLACEMENT else IMPACTS[judged.impact])
    elif judged.impact is Impact.REPLACEMENT:
        parts.insert(0, "forces replacement")
    if not judged.edit.certain:
        parts.append("depends on what is known at deployment only")
    return "; ".join(parts)


def around_text(around: Around) -> str:
    """One line for an output, a parameter or the like."""
    edit = around.edit
    return f"{around.document}: {place_text(edit.place)}: {edit_text(edit)}"


def line_of(document: Document | None, place: Place) -> int:
    """The line of a place; 1 where the document is not there."""
    return document.line(place) if document is not None else 1


def raw_place(affected: Affected, edit: Edit | None) -> Place:
    """Where a difference stands in the document's body."""
    place: list[str | int] = ["Resources", affected.change.resource.logical_id]
    if edit is not None:
        is_property = (
            any(judged.edit is edit for judged in affected.judged) and edit in affected.change.properties
        )
        place.extend(["Properties"] if is_property else [])
        place.extend(step if isinstance(step, str) else step.at for step in edit.place)
    return tuple(place)


def in_stacks(review: Review) -> dict[str, list[Affected]]:
    """The affected resources by stack, in the order of the root, what has no effect left out."""
    order = dict.fromkeys(r.stack for r in review.difference.head.resources.values())
    order.update(dict.fromkeys(affected.change.resource.stack for affected in review.affected))
    found: dict[str, list[Affected]] = {stack: [] for stack in order}
    for affected in review.affected:
        if not quiet(affected):
            found[affected.change.resource.stack].append(affected)
    return {stack: items for stack, items in found.items() if items}


def silent(review: Review) -> list[str]:
    """Sentences for what is written differently and changes nothing."""
    found: list[str] = []
    unchanged = [affected.path for affected in review.affected if quiet(affected)]
    metadata = [
        affected.path
        for affected in review.affected
        if quiet(affected) and all(j.edit.place[:1] == ("Metadata",) for j in affected.judged)
    ]
    others = [path for path in unchanged if path not in metadata]
    if metadata:
        found.append(f"Metadata alone differs in {_some(metadata)}: nothing happens in the account.")
    if others:
        found.append(
            f"Only attributes of the template differ in {_some(others)}: nothing happens until it goes."
        )
    if review.difference.rewritten:
        found.append(
            f"Written differently, with the same result: {_some(list(review.difference.rewritten))}."
        )
    unfelt = [around for around in review.difference.around if not around.felt]
    absent = [around for around in unfelt if _condition(around)]
    if absent:
        named = [f"{around.stack}/{around.edit.place[1]} ({_condition(around)})" for around in absent]
        found.append(f"Differs and does not stand, as its condition does not hold: {_some(named)}.")
    sections = dict.fromkeys(_section(around) for around in unfelt if around not in absent)
    if sections:
        found.append(f"Differs without effect on a resource by itself: {', '.join(sections)}.")
    if review.other_problems:
        places = f"{review.other_problems} place{'s' if review.other_problems > 1 else ''}"
        found.append(f"Not understood of templates that do not differ: {places}.")
    return found


def _condition(around: Around) -> str:
    """The condition of a resource that differs and does not stand; empty for whatever else differs."""
    written = around.edit.after if around.edit.after is not None else around.edit.before
    named = written.get("Condition") if around.section == "Resources" and isinstance(written, dict) else None
    return named if isinstance(named, str) else ""


def _section(around: Around) -> str:
    """`alerts.yaml Description`; of resources, such as a loop of them, which one."""
    what = around.edit.place[1] if around.section == "Resources" else around.section
    return f"{around.document} {what}"


def _some(paths: list[str], most: int = 6) -> str:
    more = f" and {len(paths) - most} more" if len(paths) > most else ""
    return f"{', '.join(paths[:most])}{more}"
