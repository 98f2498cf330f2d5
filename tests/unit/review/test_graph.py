"""The nest and a change of it as pictures."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from showcore_cfn.review.graph import Arrow, Box, Graph, Line, Node, of_nest, of_review
from showcore_cfn.review.graph_icons import mark
from showcore_cfn.review.graph_layout import CARD_WIDTH, Layout, laid_out
from showcore_cfn.review.graph_svg import fitted, svg, width_of
from showcore_cfn.review.graph_text import dot, mermaid
from showcore_cfn.review.resolve import resolve
from showcore_cfn.template.load import load_folder, load_set
from tests.unit.review.sets import one, reviewed, template
from tests.unit.review.test_diff import DATABASE, NEST, NETWORK, ROOT

TOP = Path(__file__).parents[3]
ORDERED = ROOT.replace("  Database:\n", "  Backup:\n    Type: AWS::CloudFormation::Stack\n    DependsOn: Database\n"
    "    Properties: {TemplateURL: ./backup.yaml}\n  Database:\n")  # fmt: skip
BACKUP = "Resources: {Vault: {Type: 'AWS::Backup::BackupVault'}}\n"


def nest() -> Graph:
    texts = {"root.yaml": ORDERED, "network.yaml": NETWORK, "database.yaml": DATABASE, "backup.yaml": BACKUP}
    return of_nest(resolve(load_set(texts)))


def whole() -> Graph:
    return of_nest(resolve(load_folder(TOP / "templates")))


def test_stacks_are_boxes_and_wires_arrows_with_the_name_that_takes_them() -> None:
    graph = nest()
    assert [box.stack for box in graph.boxes] == ["network", "backup", "database"]
    assert graph.arrows == (
        Arrow("network", "database", ("Vpc",), Line.WIRE),
        Arrow("database", "backup", (), Line.ORDER),
    )


def test_an_imported_value_is_an_arrow_too() -> None:
    exporter = "Resources: {V: {Type: 'AWS::EC2::VPC'}}\nOutputs: {Id: {Value: !Ref V, Export: {Name: vpc}}}"
    importer = "Resources: {S: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !ImportValue vpc}}}"
    graph = of_nest(resolve(load_set({"exporter.yaml": exporter, "importer.yaml": importer})))
    assert graph.arrows == (Arrow("exporter", "importer", ("V",), Line.WIRE),)


def test_a_change_draws_what_it_touches_and_reaches_and_nothing_else() -> None:
    graph = of_review(reviewed(NEST, {**NEST, "network.yaml": NETWORK.replace("10.0.", "10.1.")}))
    assert [
        (box.stack, [(node.name, node.outcome, node.note) for node in box.nodes]) for box in graph.boxes
    ] == [
        ("network", [("VPC", "replace", "CidrBlock")]),
        ("database", [("Group", "replace", "VpcId")]),
    ]
    assert graph.arrows == (Arrow("network", "database", ("VPC",), Line.FOLLOWS),)
    assert graph.links == (Arrow("network/VPC", "database/Group", ("VpcId",), Line.FOLLOWS),)


# Mermaid and DOT ----------------------------------------------------------------------------------------------


def test_mermaid_draws_a_box_a_stack_and_names_its_kinds() -> None:
    assert mermaid(nest()) == (
        "flowchart LR\n"
        '  s0["<b>network</b><br/>VPC"]\n'
        '  s1["<b>backup</b><br/>BackupVault"]\n'
        '  s2["<b>database</b><br/>SecurityGroup"]\n'
        '  s0 -->|"Vpc"| s2\n'
        "  s2 -.-> s1\n"
    )


def test_mermaid_of_a_change_draws_a_node_a_resource_in_its_colour() -> None:
    text = mermaid(of_review(reviewed(NEST, {**NEST, "network.yaml": NETWORK.replace("10.0.", "10.1.")})))
    assert '    n1["<b>VPC</b><br/>EC2::VPC<br/><i>replace: CidrBlock</i>"]:::replace\n' in text
    assert '  n1 -->|"VpcId"| n2\n' in text
    assert "  classDef replace fill:" in text


def test_a_change_of_many_stays_readable() -> None:
    before = template(**{f"Q{n}": one("AWS::SQS::Queue", {"DelaySeconds": 0}) for n in range(200)})
    text = mermaid(of_review(reviewed(before, before.replace('"DelaySeconds": 0', '"DelaySeconds": 1'))))
    assert text.count(":::change") == 60
    assert '["140 more"]:::reached' in text


def test_names_cannot_break_out_of_a_picture() -> None:
    evil = Graph((Box('a"]<b>', (Node("x", '"]; drop', "T"),)), Box("c", (Node("y", "|", "T"),))),
                 (Arrow('a"]<b>', "c", ('"|evil',), Line.WIRE),))  # fmt: skip
    assert '["<b>a&quot;]&lt;b&gt;</b><br/>T"]' in mermaid(evil)
    assert '-->|"&quot;&#124;evil"|' in mermaid(evil)
    assert '"a\\"]<b>" [label=<' in dot(evil)
    assert 'label="|evil"' in dot(evil)
    ElementTree.fromstring(svg(evil, '"<&'))


def test_dot_draws_a_table_a_stack_and_an_edge_an_arrow() -> None:
    text = dot(nest())
    assert text.startswith("digraph templates {\n")
    assert '  "network" -> "database" [label="Vpc"];\n' in text
    assert '  "database" -> "backup" [style=dashed];\n' in text
    assert text.count("<table") == text.count("</table>") == 3


# SVG ----------------------------------------------------------------------------------------------------------


def test_the_svg_is_one_well_formed_file_for_light_and_dark() -> None:
    text = svg(whole(), "ShowCore Phase 1")
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "prefers-color-scheme: dark" in text
    assert "href" not in text
    shown = {node.text for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"network", "database", "Database", "VPC", "RedisCluster", "VpcId"} <= shown


def crossings(layout: Layout) -> list[tuple[str, str]]:
    """Pairs of places that lie over each other."""
    places = [*layout.boxes.values(), *layout.lanes.values()]
    return [
        (a.stack, b.stack)
        for index, a in enumerate(places)
        for b in places[index + 1 :]
        if a.column == b.column and a.y < b.y + b.height and b.y < a.y + a.height
    ]


@pytest.mark.parametrize("graph", [nest(), whole()], ids=["small", "whole"])
def test_nothing_lies_over_anything_and_arrows_go_from_left_to_right(graph: Graph) -> None:
    layout = laid_out(graph)
    assert crossings(layout) == []
    for arrow in graph.arrows:
        way = layout.way(arrow.source, arrow.target)
        assert [place.column for place in way] == list(range(way[0].column, way[-1].column + 1))
    assert all(0 <= place.x <= layout.width - CARD_WIDTH for place in layout.boxes.values())
    assert all(place.y >= 0 and place.y + place.height <= layout.height for place in layout.boxes.values())


def test_stacks_that_need_each_other_are_drawn_all_the_same() -> None:
    boxes = tuple(Box(name, (Node(f"{name}/X", "X", "T"),)) for name in "abc")
    arrows = tuple(Arrow(a, b, ("x",), Line.WIRE) for a, b in ("ab", "bc", "ca", "aa"))
    ElementTree.fromstring(svg(Graph(boxes, arrows), "x"))


def test_nothing_at_all_is_a_picture_too() -> None:
    for empty in (Graph((), ()), Graph((Box("a", ()),), ())):
        ElementTree.fromstring(svg(empty, "x"))
        assert mermaid(empty).startswith("flowchart")


def test_a_text_is_cut_where_it_does_not_fit() -> None:
    assert fitted("PublicSubnetARouteTableAssociation", 100, 12).endswith("…")
    assert width_of(fitted("PublicSubnetARouteTableAssociation", 100, 12), 12) <= 100
    assert fitted("VPC", 100, 12) == "VPC"


def test_every_type_that_is_generated_has_a_mark_of_its_own_kind() -> None:
    unknown = mark("Nobody::Knows::It")
    assert {node.type for box in whole().boxes for node in box.nodes if mark(node.type) == unknown} == set()
    assert mark("AWS::Lambda::Anything").colour == mark("AWS::Lambda::Function").colour


def test_the_picture_of_the_architecture_is_current() -> None:
    """`showcore graph -o svg --out docs/architecture.svg` writes it."""
    assert (TOP / "docs" / "architecture.svg").read_text(encoding="utf-8") == svg(whole(), "ShowCore Phase 1")
