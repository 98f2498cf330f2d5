"""What CloudWatch refuses of a dashboard's body."""

from __future__ import annotations

import json
from typing import Any

from showcore_cfn.check.rules.metric_uses import DASHBOARD, body, widgets
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity

BOOK = Rulebook("dashboards")
_STRUCTURE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html"
_COLUMNS = 24
_KINDS = ("metric", "text", "log", "alarm", "explorer", "custom", "trace")


@BOOK.rule(
    "SC-DASH-001",
    Severity.REFUSED,
    "A dashboard's body is JSON with widgets",
    DASHBOARD,
    why="PutDashboard refuses a body that is no JSON object or has no list of widgets.",
    remedy="Correct the JSON; in a Sub every ${...} must stand inside a string.",
    source=_STRUCTURE,
)
def body_is_json(dashboard: Item) -> Hits:
    node = dashboard["DashboardBody"]
    if node.text is None:
        return
    try:
        json.loads(node.text)
    except ValueError as error:
        yield node.hit(f"The body is no JSON: {error}.")
    except RecursionError:
        return
    else:
        found = body(dashboard)
        if not isinstance(found, dict) or not isinstance(found.get("widgets"), list):
            yield node.hit("The body is no object with a list `widgets`.")


@BOOK.rule(
    "SC-DASH-002",
    Severity.REFUSED,
    "A widget lies inside the 24 columns",
    DASHBOARD,
    why="The grid is 24 columns wide; x is 0 to 23, width 1 to 24, height 1 to 1000.",
    remedy="Make the widget narrower, or move it to the next row.",
    source=_STRUCTURE,
)
def geometry(dashboard: Item) -> Hits:
    for number, widget in enumerate(widgets(dashboard), 1):
        x, width = _whole(widget.get("x", 0)), _whole(widget.get("width", 6))
        height, y = _whole(widget.get("height", 6)), _whole(widget.get("y", 0))
        if x is not None and width is not None and (x < 0 or width < 1 or x + width > _COLUMNS):
            yield dashboard["DashboardBody"].hit(f"Widget {number} ends at column {x + width}; there are 24.")
        if (height is not None and not 1 <= height <= 1000) or (y is not None and y < 0):
            yield dashboard["DashboardBody"].hit(f"Widget {number} is {height} high at row {y}.")


@BOOK.rule(
    "SC-DASH-003",
    Severity.REFUSED,
    "A widget has a type that exists, and properties",
    DASHBOARD,
    why="Types are metric, text, log, alarm, explorer and custom, in lower case.",
    remedy="Write the type so.",
    source=_STRUCTURE,
)
def widget_type(dashboard: Item) -> Hits:
    for number, widget in enumerate(widgets(dashboard), 1):
        kind = widget.get("type")
        if not isinstance(kind, str) or ("${" not in kind and kind not in _KINDS):
            yield dashboard["DashboardBody"].hit(
                f"Widget {number} has the type {kind}; there are {', '.join(_KINDS)}."
            )
        elif not isinstance(widget.get("properties"), dict):
            yield dashboard["DashboardBody"].hit(f"Widget {number} has no properties.")


@BOOK.rule(
    "SC-DASH-004",
    Severity.REFUSED,
    "A widget of metrics or of a query names its region",
    DASHBOARD,
    why="CloudWatch answers: should have required property 'region'.",
    remedy='Add "region": "${AWS::Region}" to the properties of the widget.',
    source=_STRUCTURE,
)
def widget_region(dashboard: Item) -> Hits:
    for number, widget in enumerate(widgets(dashboard), 1):
        properties = widget.get("properties")
        drawn: dict[str, object] = properties if isinstance(properties, dict) else {}
        logs = widget.get("type") == "log" and "query" in drawn
        metrics = widget.get("type") == "metric" and "metrics" in drawn
        if (logs or metrics) and "region" not in drawn and "accountId" not in drawn:
            yield dashboard["DashboardBody"].hit(f"Widget {number} names no region.")


@BOOK.rule(
    "SC-DASH-005",
    Severity.REFUSED,
    "A row of metrics is namespace, name and pairs of dimension and value",
    DASHBOARD,
    why="A row with a dimension without value, or with less than a namespace and a name, is refused.",
    remedy='Write ["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", "showcore-db"].',
    source=_STRUCTURE,
)
def metric_row(dashboard: Item) -> Hits:
    for number, widget in enumerate(widgets(dashboard), 1):
        properties = widget.get("properties")
        rows = properties.get("metrics") if isinstance(properties, dict) else None
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, list):
                yield dashboard["DashboardBody"].hit(f"Widget {number}: a row of metrics is a list.")
                continue
            cells = [cell for cell in row if not isinstance(cell, dict)]
            odd = len(cells) % 2 == 1 and "..." not in cells
            if odd or (not cells and not any("expression" in c for c in row if isinstance(c, dict))):
                yield dashboard["DashboardBody"].hit(
                    f"Widget {number}: {json.dumps(row)} is no row of metrics."
                )


@BOOK.rule(
    "SC-DASH-006",
    Severity.REFUSED,
    "A text widget has markdown, an alarm widget alarms, a metric widget something to draw",
    DASHBOARD,
    why="These properties are required by type.",
    remedy="Add markdown, alarms, or metrics.",
    source=_STRUCTURE,
)
def widget_content(dashboard: Item) -> Hits:
    needed = {"text": ("markdown",), "alarm": ("alarms",), "log": ("query", "queryLanguage"),
              "metric": ("metrics", "annotations", "view", "title")}  # fmt: skip
    for number, widget in enumerate(widgets(dashboard), 1):
        properties = widget.get("properties")
        names = needed.get(str(widget.get("type")), ())
        if isinstance(properties, dict) and names and not any(name in properties for name in names):
            yield dashboard["DashboardBody"].hit(f"Widget {number}, a {widget['type']}, has no {names[0]}.")


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
