"""Drift: what somebody changed behind CloudFormation, found, judged and told."""
