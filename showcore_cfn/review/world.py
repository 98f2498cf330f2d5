"""What the stacks of one nest share while it is being resolved: documents, exports, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from showcore_cfn.review.values import Value, text_of
from showcore_cfn.template.load import Problem, TemplateSet

if TYPE_CHECKING:
    from showcore_cfn.review.scope import Scope


class World:
    """What the stacks of one nest share."""

    def __init__(self, templates: TemplateSet) -> None:
        self.documents = templates.documents
        self.problems: list[Problem] = []
        self.exports: dict[str, str] = {}
        self._exported: dict[str, tuple[Scope, str]] = {}

    def problem(self, name: str, line: int | None, sentence: str, *, grave: bool = False) -> None:
        """Note a problem once."""
        found = Problem(name, line, sentence, grave)
        if found not in self.problems and len(self.problems) < 500:
            self.problems.append(found)

    def link_exports(self, scopes: Iterable[Scope]) -> None:
        """Learn the export names of all stacks, so that an import inside the set is the value itself."""
        for scope in scopes:
            for output, name in scope.export_names().items():
                self._exported.setdefault(name, (scope, output))
                self.exports.setdefault(name, f"{scope.stack}.{output}")

    def imported(self, name: Value) -> Value | None:
        """The value that another stack of the set exports under this name."""
        found = self._exported.get(text_of(name))
        return None if found is None else found[0].output(found[1])
