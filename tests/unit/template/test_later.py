"""template/later.py: cfn_flip is not loaded for templates, and is there for whoever uses it."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """\
import sys
from showcore_cfn.generate import generate
generate()
print("cfn_flip.yaml_dumper" in sys.modules)
from troposphere import Template
from troposphere.sns import Topic
template = Template()
template.add_resource(Topic("Alerts"))
print("AWS::SNS::Topic" in template.to_yaml(), "cfn_flip.yaml_dumper" in sys.modules)
import cfn_flip
print(cfn_flip.to_json("{a: 1}").split())
"""


def test_generating_loads_no_cfn_flip_and_to_yaml_still_works() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["False", "True True", "['{', '\"a\":', '1', '}']"]
