"""What several settings must be to each other, within one environment and between those of one account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from showcore_cfn.settings_fields import FIELDS, TOPICS, Problem, dotted, setting_of, shown

Values = Mapping[str, str]  # by field name; a value that is refused by itself is missing
_OF_ITS_OWN = ("Prefix", "DashboardName", "stack_name")
_ONCE_PER_REGION = ("ConfigRecorder", "SessionPreferences")


def contradictions(values: Values) -> Iterator[Problem]:
    """Values that are right by themselves and wrong together."""
    yield from _zones(values)
    yield from _certificate(values)
    yield from _addresses(values)


def clashes(values: Values, others: Mapping[str, Values]) -> Iterator[Problem]:
    """What an environment takes that one written before it in the file has already, in the same account."""
    for other, taken in others.items():
        if values.get("account_id", "") != taken.get("account_id"):
            continue
        beside = f"as in [{other}] of the same account"
        for name in _OF_ITS_OWN:
            if name in values and values[name] == taken.get(name):
                says = f"is {shown(values[name])}, {beside}; allowed is a name of its own"
                yield Problem(FIELDS[name].key, says)
        if any(_account_wide(values, name) and _account_wide(taken, name) for name in _ONCE_PER_REGION):
            says = f"is true, {beside}; allowed is false, since an account has these resources once"
            yield Problem(FIELDS["AccountTier"].key, says)


def remarks(values: Values) -> Iterator[str]:
    """What is allowed, but may not be what was meant: sentences for a person, with the setting's name."""
    if values["AccountTier"] == "false":
        idle = [*_ONCE_PER_REGION, "AnomalyDetection"]
        on = [setting_of(name) for name in idle if values[name] == "true"]
        if on:
            tier = setting_of("AccountTier")
            yield f"{tier} is false, so {' and '.join(on)} = true {_changes(on)} nothing."
    if values["SessionMessagesEndpoint"] == "false":
        name = setting_of("SessionMessagesEndpoint")
        yield f"{name} is false, so Session Manager opens no session in the private subnets."


def _changes(names: list[str]) -> str:
    return "changes" if len(names) == 1 else "change"


def _account_wide(values: Values, name: str) -> bool:
    return values.get("AccountTier") == "true" and values.get(name) == "true"


def _zones(values: Values) -> Iterator[Problem]:
    first, second = values.get("AvailabilityZoneA"), values.get("AvailabilityZoneB")
    if first is not None and first == second:
        other = dotted(FIELDS["AvailabilityZoneA"].key)
        says = f'is "{second}", the same as {other}; allowed is another zone'
        yield Problem(FIELDS["AvailabilityZoneB"].key, says)


def _certificate(values: Values) -> Iterator[Problem]:
    """CloudFront takes a domain name only with a certificate that covers it, out of ACM in its own account:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
    """
    domain, certificate = values.get("DomainName"), values.get("CertificateArn")
    if domain is None or certificate is None:
        return
    keys = FIELDS["DomainName"].key, FIELDS["CertificateArn"].key
    if bool(domain) != bool(certificate):
        given, missing = keys if domain else keys[::-1]
        alone = f"is {shown(domain or certificate)} without {dotted(missing)}"
        yield Problem(given, f"{alone}; allowed is both together or neither")
    account = values.get("account_id")
    if certificate and account is not None and (owner := certificate.split(":")[4]) != account:
        yield Problem(keys[1], f"belongs to account {owner}; allowed is a certificate of account {account}")


def _addresses(values: Values) -> Iterator[Problem]:
    for topic in TOPICS.values():
        found: list[str] = []
        for address in topic:
            text = values.get(address.name)
            if text and text.lower() in found:
                yield Problem(address.key, f"names {shown(text)} twice; allowed is each address once")
            if text and found and not found[-1]:
                yield Problem(address.key, f"leaves a gap before {shown(text)}; allowed is none")
            if text is not None:
                found.append(text.lower())
