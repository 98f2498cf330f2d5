"""Template sets with their intrinsic functions evaluated as far as they can be known."""

from __future__ import annotations

import pytest

from showcore_cfn.review.resolve import Nest, resolve
from showcore_cfn.review.values import Reference, Unknown, Value, references, text_of
from showcore_cfn.template.load import load_set

HEAD = """\
Parameters:
  Prefix: {Type: String, Default: showcore}
  Count: {Type: Number, Default: '3'}
  Zones: {Type: CommaDelimitedList, Default: 'a, b'}
  Email: {Type: String}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /ami/latest}
Mappings:
  Sizes: {us-east-1: {Small: t3.micro, List: [1, 2]}}
Conditions:
  Three: !Equals [!Ref Count, 3]
  Mailed: !Not [!Equals [!Ref Email, '']]
  Never: !And [!Condition Three, !Equals [a, b]]
  Always: !Or [!Condition Mailed, !Condition Three]
Resources:
  VPC: {Type: 'AWS::EC2::VPC'}
  Gone: {Type: 'AWS::EC2::VPC', Condition: Never}
  X:
    Type: AWS::Test::Thing
    Properties:
      P: """


def one(written: str, **parameters: str) -> Value:
    nest = resolve(load_set({"app.yaml": HEAD + written + "\n"}), parameters)
    properties = nest.resources["app/X"].properties
    assert isinstance(properties, dict)
    return properties.get("P", "<removed>")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!Ref Prefix", "showcore"),
        ("!Ref Count", 3),
        ("!Ref Zones", ["a", "b"]),
        ("!Ref VPC", Reference("app/VPC")),
        ("!GetAtt VPC.CidrBlock", Reference("app/VPC", "CidrBlock")),
        ("!Ref AWS::NoValue", "<removed>"),
        ("[a, !Ref AWS::NoValue, b]", ["a", "b"]),
        ("!Ref AWS::Region", "us-east-1"),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref Email", Unknown("${Email}")),
        ("!Ref AWS::AccountId", Unknown("${AWS::AccountId}")),
        ("!Ref Image", Unknown("the value of the SSM parameter /ami/latest")),
        ("!Sub '${Prefix}-db'", "showcore-db"),
        ("!Sub '${!Literal}-${Count}'", "${Literal}-3"),
        ("!Sub ['${A}-${Prefix}', {A: !Ref Count}]", "3-showcore"),
        ("!Sub '${VPC}'", Reference("app/VPC")),
        ("!Sub '${VPC.CidrBlock}'", Reference("app/VPC", "CidrBlock")),
        ("!Join ['-', [a, !Ref Prefix, 3]]", "a-showcore-3"),
        ("!Join [',', !Ref Zones]", "a,b"),
        ("!Select [1, !Ref Zones]", "b"),
        ("!Select ['0', [x, y]]", "x"),
        ("!Split ['|', 'a|b']", ["a", "b"]),
        ("!Select [1, !Split ['/', !Sub 'x/${VPC}/y']]", Reference("app/VPC")),
        ("!If [Three, yes it is, !Ref Email]", "yes it is"),
        ("!If [Never, 1, 2]", 2),
        ("!If [Mailed, same, same]", "same"),
        ("!If [Always, 1, 2]", 1),
        ("!FindInMap [Sizes, !Ref 'AWS::Region', Small]", "t3.micro"),
        ("!FindInMap [Sizes, us-east-1, List]", [1, 2]),
        ("!FindInMap [Sizes, mars, Small, {DefaultValue: x}]", "x"),
        ("!Base64 abc", "YWJj"),
        ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("!Select [2, !Cidr ['10.0.0.0/16', 4, 8]]", "10.0.2.0/24"),
        ("{'Fn::Length': !Ref Zones}", 2),
        ("{'Fn::ToJsonString': {a: [1, true]}}", '{"a":[1,true]}'),
        ("{'Fn::ForEach::Z': [Z, [a, b], {'K${Z}': !Ref Z}]}", {"Ka": "a", "Kb": "b"}),
    ],
)
def test_an_intrinsic_function_is_computed(written: str, value: Value) -> None:
    assert one(written) == value


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("!Sub 'arn:${VPC}:${AWS::AccountId}'", "arn:${app/VPC}:${AWS::AccountId}"),
        ("!Join ['', [a, !Ref VPC]]", "a${app/VPC}"),
        ("!GetAZs ''", "GetAZs()"),
        ("!Select [0, !GetAZs '']", "Select(0, GetAZs())"),
        ("!ImportValue other-stack", "ImportValue(other-stack)"),
        ("!If [Mailed, a, b]", "If(Mailed, a, b)"),
        ("!Transform {Name: X}", "Transform({Name: X})"),
        ("!Nonsense [1]", "Nonsense(1)"),
        ("!Ref Nowhere", "app/Nowhere (not defined)"),
        ("!Ref Gone", "app/Gone (its condition is false)"),
        ("!GetAtt Nowhere.Arn", "app/Nowhere (not defined)"),
        ("!FindInMap [Sizes, mars, Small]", "FindInMap(Sizes, mars, Small)"),
        ("!Select [9, [a]]", "Select(9, [a])"),
        ("!Join [a]", "Join(a)"),
        ("!Sub [1, 2, 3]", "Sub(1, 2, 3)"),
        ("!If [Three]", "If(Three)"),
        ("!Ref [a]", "Ref(a)"),
        ("!GetAtt [a]", "GetAtt(a)"),
        ("!Cidr [10.0.0.0/16, 999999, 8]", "Cidr(10.0.0.0/16, 999999, 8)"),
        ("!Cidr [nonsense, 2]", "Cidr(nonsense, 2)"),
        ("!Split ['', x]", "Split(, x)"),
    ],
)
def test_what_cannot_be_known_stays_readable(written: str, text: str) -> None:
    found = one(written)
    assert isinstance(found, Unknown)
    assert found.text == text


def test_given_parameters_and_pseudo_parameters_count() -> None:
    template = HEAD + "!Sub '${Email}/${AWS::AccountId}/${AWS::Region}'\n"
    given = {"Email": "x@example.com", "AWS::AccountId": "123456789012", "AWS::Region": "eu-west-1"}
    properties = resolve(load_set({"app.yaml": template}), given).resources["app/X"].properties
    assert properties == {"P": "x@example.com/123456789012/eu-west-1"}


def test_a_secret_parameter_is_never_resolved() -> None:
    secret = "Parameters: {P: {Type: String, NoEcho: true, Default: x}}"
    text = f"{secret}\nResources: {{R: {{Type: T, Properties: {{V: !Ref P}}}}}}"
    properties = resolve(load_set({"app.yaml": text}), {"P": "secret"}).resources["app/R"].properties
    assert properties == {"V": Unknown("${P}")}


def test_a_joined_text_remembers_what_it_refers_to() -> None:
    assert references(one("!Sub 'a${VPC}b${VPC.Arn}'")) == [Reference("app/VPC"), Reference("app/VPC", "Arn")]


def test_a_resource_whose_condition_is_false_is_left_out_and_an_unknown_one_is_named() -> None:
    text = HEAD + "1\n  Maybe: {Type: 'A::B::C', Condition: Mailed}\n"
    resources = resolve(load_set({"app.yaml": text})).resources
    assert "app/Gone" not in resources
    assert (resources["app/Maybe"].condition, resources["app/X"].condition) == ("Mailed", None)


ROOT = """\
Parameters: {Prefix: {Type: String, Default: showcore}}
Resources:
  NetworkStack:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./network.yaml, Parameters: {Name: !Sub '${Prefix}-vpc'}}
  DatabaseStack:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./database.yaml, Parameters: {Vpc: !GetAtt NetworkStack.Outputs.VpcId}}
Outputs:
  Group: {Value: !GetAtt DatabaseStack.Outputs.Group}
"""
NETWORK = """\
Parameters: {Name: {Type: String}}
Resources: {VPC: {Type: 'AWS::EC2::VPC', Properties: {Name: !Ref Name}}}
Outputs: {VpcId: {Value: !Ref VPC}}
"""
DATABASE = """\
Parameters: {Vpc: {Type: String}}
Resources: {Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {VpcId: !Ref Vpc, N: !Ref 'AWS::StackName'}}}
Outputs: {Group: {Value: !GetAtt Group.GroupId}}
"""
NEST = {"database.yaml": DATABASE, "network.yaml": NETWORK, "root.yaml": ROOT}


def test_parameters_flow_into_nested_stacks_and_outputs_flow_out() -> None:
    nest = resolve(load_set(NEST))
    assert list(nest.resources) == [
        "root/NetworkStack",
        "root/DatabaseStack",
        "network/VPC",
        "database/Group",
    ]
    assert nest.resources["network/VPC"].properties == {"Name": "showcore-vpc"}
    assert nest.resources["database/Group"].properties == {
        "VpcId": Reference("network/VPC"),
        "N": Unknown("${database:AWS::StackName}"),
    }
    assert nest.outputs["root.Group"] == Reference("database/Group", "GroupId")
    assert nest.resources["database/Group"].chain == ("DatabaseStack", "Group")
    assert nest.problems == ()


def test_templates_beside_the_root_are_left_out_unless_asked_for() -> None:
    templates = load_set({**NEST, "probe.yaml": "Resources: {I: {Type: 'AWS::EC2::Instance'}}"})
    assert "probe/I" not in resolve(templates).resources
    assert "probe/I" in resolve(templates, everything=True).resources


def test_a_template_nested_twice_is_called_by_its_logical_ids() -> None:
    text = "Resources:\n" + "".join(
        f"  {name}: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: ./network.yaml}}}}\n"
        for name in ("Blue", "Green")
    )
    resources = resolve(load_set({"root.yaml": text, "network.yaml": NETWORK})).resources
    assert list(resources)[2:] == ["Blue/VPC", "Green/VPC"]


def problems(nest: Nest) -> list[str]:
    return [problem.sentence for problem in nest.problems]


def test_stacks_that_nest_each_other_are_a_problem_and_no_hang() -> None:
    stack = "Resources: {S: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ./%s.yaml}}}"
    nest = resolve(load_set({"a.yaml": stack % "b", "b.yaml": stack % "a"}))
    assert "S nests a.yaml, which is above it already: a cycle." in problems(nest)


def test_stacks_that_multiply_are_cut_off() -> None:
    stack = "Resources: {S: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ./%s.yaml}}, "
    stack += "T: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ./%s.yaml}}}"
    texts = {f"t{n}.yaml": stack % (f"t{n + 1}", f"t{n + 1}") for n in range(40)}
    nest = resolve(load_set(texts))
    assert len(nest.resources) == 5000
    assert "it nests more than 2500 stacks; the rest is not read." in problems(nest)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Resources: [a]\nTransform: X", "the section Resources is not a mapping."),
        ("AWSTemplateFormatVersion: x\nResources: {A: 1}", "the resource A is not a mapping."),
        ("AWSTemplateFormatVersion: x\nResources: {A: {}}", "the resource A has no Type."),
        (
            "Transform: AWS::Serverless-2016-10-31\nResources: {}",
            "the transform AWS::Serverless-2016-10-31 runs in CloudFormation; what it adds is not seen here.",
        ),
        (
            "Resources: {A: {Type: B, Properties: {P: !Ref Q}}}",
            "Q is neither a parameter nor a resource of this template.",
        ),
        (
            "Conditions: {A: !Condition B, B: !Not [!Condition A]}\nResources: {R: {Type: X, Condition: A}}",
            "A refers to itself.",
        ),
        (
            "Resources: {A: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ./no.yaml}}}",
            "the template ./no.yaml of A is not among the files.",
        ),
        (
            "Parameters: {P: {Type: String}}\nResources: {'Fn::ForEach::L': [X, !Ref P, {'${X}': {}}]}",
            "the loop Fn::ForEach::L runs over values that are not known here.",
        ),
    ],
)
def test_what_cannot_be_understood_is_said_in_a_sentence(text: str, sentence: str) -> None:
    assert sentence in problems(resolve(load_set({"a.yaml": text})))


def test_a_loop_makes_resources() -> None:
    text = (
        "Resources:\n  'Fn::ForEach::Buckets':\n    - Name\n    - [a, b]\n"
        "    - 'Bucket${Name}':\n        Type: AWS::S3::Bucket\n        Properties: {BucketName: !Ref Name}\n"
    )
    resources = resolve(load_set({"app.yaml": text})).resources
    assert {path: item.properties for path, item in resources.items()} == {
        "app/Bucketa": {"BucketName": "a"},
        "app/Bucketb": {"BucketName": "b"},
    }


def test_an_import_of_a_value_that_the_set_exports_is_that_value() -> None:
    exporter = (
        "Resources: {V: {Type: 'AWS::EC2::VPC'}}\n"
        "Outputs: {Id: {Value: !Ref V, Export: {Name: !Sub '${AWS::Region}-vpc'}}}"
    )
    importer = "Resources: {S: {Type: X, Properties: {V: !ImportValue us-east-1-vpc}}}"
    nest = resolve(load_set({"importer.yaml": importer, "exporter.yaml": exporter}))
    assert nest.resources["importer/S"].properties == {"V": Reference("exporter/V")}
    assert nest.exports == {"us-east-1-vpc": "exporter.Id"}


def test_values_nested_too_deeply_are_cut_off() -> None:
    nest = resolve(load_set({"a.yaml": f"Resources: {{A: {{Type: B, Properties: {'[' * 90}{']' * 90}}}}}"}))
    assert "values are nested too deeply to be read." in problems(nest)


def test_a_value_is_shown_as_a_reader_would_write_it() -> None:
    assert (
        text_of({"a": [True, None, 1.5], "b": Reference("x/Y", "Arn")})
        == "{a: [true, null, 1.5], b: ${x/Y.Arn}}"
    )
