"""What the plan asks for and these settings cannot give: no finding, but nothing to keep quiet about."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.check.rules.view import View
from showcore_cfn.review.resolve import Nest
from showcore_cfn.template.load import TemplateSet


def notes(nest: Nest, templates: TemplateSet) -> tuple[str, ...]:
    """One sentence each: the limit, why it stands, and the setting that lifts it."""
    view = View(nest, templates)
    return (*_default_certificate(view), *_no_session_messages(view))


def _default_certificate(view: View) -> Iterator[str]:
    for item in view.of("AWS::CloudFront::Distribution"):
        certificate = item.at("DistributionConfig", "ViewerCertificate")
        if certificate.absent or certificate["CloudFrontDefaultCertificate"].flag:
            yield (
                f"{item.path} uses CloudFront's own certificate, for which AWS fixes the minimum at TLSv1: the"
                " plan's TLS 1.2 (9.2) needs DomainName and CertificateArn."
            )


def _no_session_messages(view: View) -> Iterator[str]:
    services = {
        (item["ServiceName"].text or "").rpartition(".")[2] for item in view.of("AWS::EC2::VPCEndpoint")
    }
    if "ssm" in services and "ssmmessages" not in services:
        yield (
            "There is an endpoint for ssm and none for ssmmessages: Session Manager (4.3) opens no session in"
            " the private subnets. Switch SessionMessagesEndpoint on."
        )
