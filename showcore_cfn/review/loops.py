"""`Fn::ForEach`: what one turn of a loop writes.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from showcore_cfn.template.json_types import Json


def is_loop(key: str) -> bool:
    """Whether a key starts a loop."""
    return key.startswith("Fn::ForEach::")


def filled(body: dict[str, Json], variable: str, value: str) -> dict[str, Json]:
    """A loop's body with `${variable}` and `&{variable}` written out, in keys and in values."""

    def text(item: str) -> str:
        return item.replace(f"${{{variable}}}", value).replace(
            f"&{{{variable}}}", "".join(c for c in value if c.isalnum())
        )

    def fill(item: Json) -> Json:
        if isinstance(item, str):
            return text(item)
        if isinstance(item, list):
            return [fill(inner) for inner in item]
        if isinstance(item, dict):
            if item == {"Ref": variable}:
                return value
            return {text(key): fill(inner) for key, inner in item.items()}
        return item

    return {text(key): fill(item) for key, item in body.items()}
