"""Drift detection over boto3: begun, asked for, and read."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from showcore_cfn.aws.call import asked, pages
from showcore_cfn.deploy.drift.detection import Detection, Difference, ResourceDrift

_COMPLETE, _FAILED = "DETECTION_COMPLETE", "DETECTION_FAILED"


class DriftGateway:
    """`deploy.drift_detection.Detector` over boto3."""

    def __init__(self, client: Any, profile: str | None) -> None:
        self._client = client
        self._profile = profile

    def begin(self, stack: str) -> str:
        """Begin to look at the resources of one stack; the id of the detection."""
        return str(self._ask("detect_stack_drift", StackName=stack)["StackDriftDetectionId"])

    def detection(self, detection: str) -> Detection | None:
        """How it ended; None while it is under way."""
        found = self._ask("describe_stack_drift_detection_status", StackDriftDetectionId=detection)
        if found["DetectionStatus"] not in (_COMPLETE, _FAILED):
            return None
        failed = found["DetectionStatus"] == _FAILED
        reason = str(found.get("DetectionStatusReason") or "")
        return Detection(str(found.get("StackDriftStatus") or "UNKNOWN"), failed, reason)

    def resources(self, stack: str) -> tuple[ResourceDrift, ...]:
        """What was found of each resource, all pages."""
        drifts = partial(self._ask, "describe_stack_resource_drifts")
        return tuple(_resource(item) for item in pages(drifts, "StackResourceDrifts", StackName=stack))

    def _ask(self, method: str, **given: Any) -> dict[str, Any]:
        return asked(self._client, method, self._profile, **given)


def _resource(item: dict[str, Any]) -> ResourceDrift:
    return ResourceDrift(
        logical_id=str(item["LogicalResourceId"]),
        physical_id=str(item.get("PhysicalResourceId") or ""),
        type=str(item["ResourceType"]),
        status=str(item["StackResourceDriftStatus"]),
        differences=tuple(_difference(each) for each in item.get("PropertyDifferences") or ()),
        expected=json.loads(item.get("ExpectedProperties") or "{}"),
    )


def _difference(item: dict[str, Any]) -> Difference:
    return Difference(
        path=tuple(str(item["PropertyPath"]).strip("/").split("/")),
        kind=str(item["DifferenceType"]),
        expected=str(item.get("ExpectedValue") or ""),
        actual=str(item.get("ActualValue") or ""),
    )
