"""How much each rule of cfn-lint matters here.

Its errors are what CloudFormation or the service refuses, its informational rules are style. Its warnings are
of every kind; those that are no risk are told apart by name. Names and titles:
https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md
"""

from __future__ import annotations

from showcore_cfn.check.finding import Severity

INCOMPLETE = "E0002"  # a rule of cfn-lint's failed: what was not looked at does not pass
_BY_LETTER = {"E": Severity.REFUSED, "W": Severity.RISK, "I": Severity.STYLE}

# CloudFormation knows neither aliases nor merge keys: https://docs.aws.amazon.com/AWSCloudFormation/latest/
# UserGuide/template-formats.html ("Unsupported features")
_REFUSED = frozenset({"W1100", "W1101"})

# The template says something and nothing comes of it.
_DEAD = frozenset(
    {
        "W1054",  # a pseudo parameter as plain text
        "W3001",  # SAM: attributes that are ignored
        "W3037",  # IAM actions that do not exist
        "W3664",  # a Lambda permission whose principal cannot be its source
        "W3671",  # Iops of a volume type that has none
        "W3688",  # properties ignored when restoring a cluster
        "W3689",  # properties ignored with a source database
        "W3693",  # properties ignored by Aurora
        "W3698",  # VirtualName beside Ebs
        "W3699",  # ReplicaMode of an engine without it
        "W3704",  # ForwardedValues beside a cache policy
        "W3705",  # method settings without a setting
    }
)
_STYLE = frozenset(
    {
        "W1019",  # variables of Fn::Sub that are not used
        "W1020",  # Fn::Sub without a variable
        "W1028",  # a branch of Fn::If that cannot be reached
        "W2001",  # parameters that are not used
        "W3002",  # a local path, for `aws cloudformation package` or `showcore deploy`
        "W3005",  # DependsOn that is implied
        "W3010",  # an Availability Zone as plain text
        "W4001",  # the parameter interface names what does not exist
        "W4005",  # cfn-lint's own configuration in the metadata
        "W4011",  # context metadata without a reason
        "W4012",  # context metadata that does not match its schema
        "W6001",  # an output that is an import
        "W7001",  # mappings that are not used
        "W8001",  # conditions that are not used
        "W8003",  # Fn::Equals that is always the same
    }
)


def severity(rule: str) -> Severity:
    """The severity of a rule by its id, such as `W3005`."""
    for named, found in ((_REFUSED, Severity.REFUSED), (_DEAD, Severity.DEAD), (_STYLE, Severity.STYLE)):
        if rule in named:
            return found
    return _BY_LETTER.get(rule[:1], Severity.RISK)
