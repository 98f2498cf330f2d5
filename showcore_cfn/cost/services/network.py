"""Endpoints, NAT gateways, addresses, flow logs and instances."""

from __future__ import annotations

from showcore_cfn.cost.line import Gap
from showcore_cfn.cost.services.registry import Found, Month, Properties, fixed, prices, used

_ROOT_VOLUME_GIB = 8  # what Amazon Linux 2023 asks for where the template says nothing


@prices("AWS::EC2::VPCEndpoint")
def endpoint(p: Properties, month: Month) -> Found:
    """Each hour of an interface endpoint counts once for each zone it stands in; gateway endpoints are free.

    https://aws.amazon.com/privatelink/pricing/
    """
    kind = p.text("VpcEndpointType", "Gateway")
    if kind == "Interface":
        zones = max(len(p.many("SubnetIds")), 1)
        yield fixed("interface endpoint", zones * month.hours, "vpc.interface_endpoint.az_hour")
        yield used("data through the endpoint", month.usage["endpoint_gb"], "vpc.interface_endpoint.gb")
    elif kind == "Gateway":
        yield fixed("gateway endpoint", month.hours, "vpc.gateway_endpoint.hour")
    else:
        yield Gap(f"endpoints of type {kind} are not in the price list")


@prices("AWS::EC2::NatGateway")
def nat_gateway(p: Properties, month: Month) -> Found:
    """Hours and data; its public address is the Elastic IP's line (https://aws.amazon.com/vpc/pricing/)."""
    yield fixed("NAT gateway", month.hours, "vpc.nat_gateway.hour")
    yield used("data through the NAT gateway", month.usage["nat_gb"], "vpc.nat_gateway.gb")
    if p.text("ConnectivityType", "public") == "public":
        yield used("data out to the internet", month.usage["internet_out_gb"], "data_transfer.out.gb")


@prices("AWS::EC2::EIP")
def elastic_ip(_: Properties, month: Month) -> Found:
    """Every public IPv4 address, in use or not (https://aws.amazon.com/vpc/pricing/)."""
    yield fixed("public IPv4 address", month.hours, "vpc.public_ipv4.hour")


@prices("AWS::EC2::FlowLog")
def flow_log(p: Properties, month: Month) -> Found:
    """Delivery of vended logs; their storage is the log group's or the bucket's line.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
    """
    gigabytes = month.usage["flow_log_gb"]
    match p.text("LogDestinationType", "cloud-watch-logs"):
        case "cloud-watch-logs":
            yield used("delivery of flow logs", gigabytes, "cloudwatch.vended_logs.ingest.gb")
        case "s3":
            yield used("delivery of flow logs to S3", gigabytes, "cloudwatch.vended_logs.s3.gb")
        case other:
            yield Gap(f"flow logs to {other} are not in the price list")


@prices("AWS::EC2::Instance")
def instance(p: Properties, month: Month) -> Found:
    """Hours, volumes and a public address where a network interface asks for one; Linux."""
    kind = p.text("InstanceType", "m1.small")
    yield fixed(f"{kind} instance", month.hours, f"ec2.{kind}.linux.hour")
    volumes = [device.inner("Ebs") for device in p.each("BlockDeviceMappings") if device.has("Ebs")]
    for volume in volumes:
        size, form = volume.number("VolumeSize", _ROOT_VOLUME_GIB), volume.text("VolumeType", "gp2")
        yield fixed(f"{form} volume", size, f"ebs.{form}.gb_month")
    if not volumes:
        yield fixed("gp3 volume of the image", _ROOT_VOLUME_GIB, "ebs.gp3.gb_month")
    if any(nic.flag("AssociatePublicIpAddress") for nic in p.each("NetworkInterfaces")):
        yield fixed("public IPv4 address", month.hours, "vpc.public_ipv4.hour")


@prices("AWS::EC2::Volume")
def volume(p: Properties, _: Month) -> Found:
    """A volume by its size."""
    form = p.text("VolumeType", "gp2")
    yield fixed(f"{form} volume", p.number("Size", 1), f"ebs.{form}.gb_month")
