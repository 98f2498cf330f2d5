"""P7: the wall time of a first deployment where each call takes 100 ms, against `aws` and `sam` on the same nest.

The fake AWS makes every resource at once, so what is left is the number of calls that wait for one another. `aws`
runs `cloudformation package` and `deploy`, `sam` runs `deploy`, each with its own defaults.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.aws import BUCKET, CALL_SECONDS, PLAINLY, Deploying, deploying
from benchmarks.bench import Bench
from benchmarks.measure import Command, compare
from benchmarks.table import Absent, Row, by_wall

AWS_AT_MOST, SAM_AT_MOST = 0.5, 0.2
RUNS = 3
_CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
_PARAMETERS = tuple(
    f"{name}={value}"
    for name, value in {
        "WarningAlertEmail": "warning@example.com",
        "CriticalAlertEmail": "critical@example.com",
        "BillingAlertEmail": "billing@example.com",
    }.items()
)


def rows(bench: Bench) -> Iterator[Row | Absent]:
    """Ours against each of them."""
    with deploying(bench, CALL_SECONDS) as ours, deploying(bench, CALL_SECONDS) as theirs:
        line = bench.showcore(*PLAINLY, variables=ours.variables, before=ours.begin)
        for name, at_most in (("aws", AWS_AT_MOST), ("sam", SAM_AT_MOST)):
            program = bench.peers.programs.get(name)
            if program is None:
                yield Absent("P7", name, bench.peers.missing[name])
                continue
            peer = _aws(program, bench, theirs) if name == "aws" else _sam(program, bench, theirs)
            mine, other = compare(line, peer, runs=RUNS)
            yield by_wall("P7", "first deployment, 100 ms a call", mine, peer.name, other, at_most)


def _aws(program: str, bench: Bench, account: Deploying) -> Command:
    package = f"{program} cloudformation package --template-file templates/root.yaml --s3-bucket {BUCKET}"
    deploy = (
        f"{program} cloudformation deploy --template-file packaged.yaml --stack-name peer"
        f" --capabilities {' '.join(_CAPABILITIES)} --parameter-overrides {' '.join(_PARAMETERS)}"
    )
    line = ("/bin/sh", "-c", f"{package} --output-template-file packaged.yaml && {deploy}")
    return Command("aws package + deploy", line, bench.clone, account.variables, account.begin)


def _sam(program: str, bench: Bench, account: Deploying) -> Command:
    line = (
        *(program, "deploy", "--template-file", "templates/root.yaml", "--stack-name", "peer"),
        *("--s3-bucket", BUCKET, "--no-confirm-changeset", "--no-progressbar"),
        *("--capabilities", *_CAPABILITIES, "--parameter-overrides", *_PARAMETERS),
    )
    variables = account.variables
    return Command("sam deploy", line, bench.clone, variables, account.begin)
