"""Route 53 records and certificates."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View

BOOK = Rulebook("dns")
RECORD, ZONE, CERTIFICATE = (
    "AWS::Route53::RecordSet",
    "AWS::Route53::HostedZone",
    "AWS::CertificateManager::Certificate",
)
_R53 = "https://docs.aws.amazon.com/Route53/latest"
_ACM = "https://docs.aws.amazon.com/acm/latest/userguide"


@BOOK.rule(
    "SC-R53-001",
    Severity.REFUSED,
    "The values of a record fit its type",
    RECORD,
    why="A holds IPv4 addresses, AAAA IPv6 addresses, CNAME one name, MX a number and a name, TXT text in quotes.",
    remedy="Write the value in the type's form; TXT values as '\"text\"'.",
    source=f"{_R53}/DeveloperGuide/ResourceRecordTypes.html",
)
def values(record: Item) -> Hits:
    forms = {
        "A": r"\d{1,3}(\.\d{1,3}){3}", "AAAA": r"[0-9A-Fa-f:.]+", "MX": r"\d+ \S+", "TXT": r'("[^"]*"\s*)+',
        "SRV": r"\d+ \d+ \d+ \S+", "CNAME": r"[^\s\"]+", "NS": r"\S+", "CAA": r'\d+ \S+ ".*"',
    }  # fmt: skip
    kind = record["Type"].text or ""
    for node in record["ResourceRecords"].each():
        if kind in forms and node.text is not None and not re.fullmatch(forms[kind], node.text):
            yield node.hit(f"{node.text} is no value of a {kind} record.")
    if kind == "CNAME" and len(record["ResourceRecords"].each()) > 1 and record["ResourceRecords"].closed:
        yield record["ResourceRecords"].hit("A CNAME record has one value.")


@BOOK.rule(
    "SC-R53-002",
    Severity.REFUSED,
    "The apex of a zone has no CNAME record",
    RECORD,
    why="DNS forbids a CNAME beside the SOA and NS records of the apex.",
    remedy="Use an A record with AliasTarget.",
    source=f"{_R53}/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html",
)
def apex(record: Item) -> Hits:
    name, zone = (record["Name"].text or "").rstrip("."), (record["HostedZoneName"].text or "").rstrip(".")
    own = record["HostedZoneId"].target(ZONE)
    if own is not None:
        zone = (own["Name"].text or "").rstrip(".")
    if record["Type"].text == "CNAME" and name and name == zone:
        yield record["Type"].hit(f"{name} is the apex of its zone.")


@BOOK.rule(
    "SC-R53-003",
    Severity.REFUSED,
    "A record has values and a time to live, or an alias and neither",
    RECORD,
    why="TTL and ResourceRecords are required together, and refused beside AliasTarget.",
    remedy="Keep one of the two.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-route53-recordset.html",
)
def record_shape(record: Item) -> Hits:
    alias, records, ttl = record["AliasTarget"], record["ResourceRecords"], record["TTL"]
    if alias.given and (records.given or ttl.given):
        yield alias.hit("AliasTarget stands beside ResourceRecords or TTL.")
    elif alias.absent and records.given and ttl.absent:
        yield record.hit("TTL is missing.", "Properties")
    elif alias.absent and records.absent:
        yield record.hit("The record has neither ResourceRecords nor AliasTarget.", "Properties")


@BOOK.rule(
    "SC-R53-004",
    Severity.REFUSED,
    "A record that shares its name has an identifier, and one way of sharing",
    RECORD,
    why="Weight, Region, Failover, GeoLocation and MultiValueAnswer need SetIdentifier and exclude each other.",
    remedy="Add SetIdentifier.",
    source=f"{_R53}/DeveloperGuide/routing-policy.html",
)
def sharing(record: Item) -> Hits:
    ways = [w for w in ("Weight", "Region", "Failover", "GeoLocation", "MultiValueAnswer", "CidrRoutingConfig")
            if record[w].given]  # fmt: skip
    if ways and record["SetIdentifier"].absent:
        yield record[ways[0]].hit(f"{ways[0]} needs SetIdentifier.")
    elif not ways and record["SetIdentifier"].given:
        yield record["SetIdentifier"].hit("SetIdentifier needs Weight, Region or another way of sharing.")
    elif len(ways) > 1:
        yield record[ways[1]].hit(f"{ways[1]} stands beside {ways[0]}.")


_ZONES = {
    "cloudfront.net": "Z2FDTNDATAQYW2",
}


@BOOK.rule(
    "SC-R53-005",
    Severity.REFUSED,
    "An alias to CloudFront names CloudFront's zone",
    RECORD,
    why="The zone of every distribution is Z2FDTNDATAQYW2, not the zone of your own domain.",
    remedy="Set AliasTarget.HostedZoneId: Z2FDTNDATAQYW2.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-route53-recordset-aliastarget.html",
)
def cloudfront_zone(record: Item) -> Hits:
    node = record["AliasTarget"]
    distribution = (
        node["DNSName"].target("AWS::CloudFront::Distribution") if node["DNSName"].reference else None
    )
    is_cdn = distribution is not None or (node["DNSName"].text or "").rstrip(".").endswith("cloudfront.net")
    zone = node["HostedZoneId"]
    if is_cdn and (zone.text not in (None, _ZONES["cloudfront.net"]) or zone.target(ZONE) is not None):
        yield zone.hit(f"{zone.shown} is not the zone of CloudFront.")
    if is_cdn and node["EvaluateTargetHealth"].flag:
        yield node["EvaluateTargetHealth"].hit("CloudFront's health cannot be evaluated.")


@BOOK.nest_rule(
    "SC-R53-006",
    Severity.REFUSED,
    "A record stands once in its zone",
    why="Route 53 answers that it tried to create resource record set, but it already exists.",
    remedy="Put all values into one record.",
    source=f"{_R53}/APIReference/API_ChangeResourceRecordSets.html",
)
def record_twice(view: View) -> Hits:
    seen: dict[tuple[str, ...], Item] = {}
    for record in view.of(RECORD):
        zone = record["HostedZoneId"].shown or record["HostedZoneName"].shown
        name = record["Name"].text
        if name is None or record["SetIdentifier"].given or record.resource.condition is not None:
            continue
        key = (record.tree, zone, name.rstrip("."), record["Type"].shown)
        other = seen.setdefault(key, record)
        if other is not record:
            yield record["Name"].hit(f"{other.id} is the same record.")


@BOOK.rule(
    "SC-R53-007",
    Severity.REFUSED,
    "The name of a record ends in the name of its zone",
    RECORD,
    why="Route 53 answers that the RRSet is not permitted in the zone.",
    remedy="Write the whole name, such as www.example.com.",
    source=f"{_R53}/APIReference/API_ChangeResourceRecordSets.html",
)
def foreign_name(record: Item) -> Hits:
    zone = record["HostedZoneId"].target(ZONE)
    name, own = (record["Name"].text or "").rstrip("."), (zone["Name"].text or "").rstrip(".") if zone else ""
    if name and own and name != own and not name.endswith("." + own):
        yield record["Name"].hit(f"{name} does not end in {own}.")


@BOOK.rule(
    "SC-ACM-001",
    Severity.RISK,
    "A certificate is validated by DNS",
    CERTIFICATE,
    why="With mail, the default, the stack waits until somebody answers it, for up to 72 hours.",
    remedy="Set ValidationMethod: DNS and DomainValidationOptions with HostedZoneId.",
    source=f"{_ACM}/dns-validation.html",
)
def validation(certificate: Item) -> Hits:
    method = certificate["ValidationMethod"]
    if certificate["CertificateAuthorityArn"].absent and (method.absent or method.text == "EMAIL"):
        yield certificate.hit("The certificate waits for a mail to be answered.", "Properties")


@BOOK.rule(
    "SC-ACM-002",
    Severity.REFUSED,
    "A validation is about a domain of the certificate",
    CERTIFICATE,
    why="DomainValidationOptions names domains of DomainName and SubjectAlternativeNames, each in one way.",
    remedy="Correct DomainName, and give HostedZoneId for DNS.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-certificatemanager-certificate-domainvalidationoption.html",
)
def validated_domain(certificate: Item) -> Hits:
    nodes = [certificate["DomainName"], *certificate["SubjectAlternativeNames"].each()]
    own = [node.text for node in nodes]
    for option in certificate["DomainValidationOptions"].each():
        name = option["DomainName"].text
        if name is not None and None not in own and name not in own:
            yield option.hit(f"{name} is no domain of this certificate.")
        if option["HostedZoneId"].given and option["ValidationDomain"].given:
            yield option.hit("HostedZoneId stands beside ValidationDomain.")


@BOOK.rule(
    "SC-ACM-003",
    Severity.REFUSED,
    "A wildcard stands for the first label, alone",
    CERTIFICATE,
    why="*.example.com is a domain of a certificate; www.*.com and *a.example.com are not.",
    remedy="Write *.example.com.",
    source=f"{_ACM}/acm-certificate-characteristics.html",
)
def wildcard(certificate: Item) -> Hits:
    for node in (certificate["DomainName"], *certificate["SubjectAlternativeNames"].each()):
        text = node.text
        if text is not None and not re.fullmatch(
            r"(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,}", text
        ):
            yield node.hit(f"{text} is no domain of a certificate.")
