"""settings_lines.py: the line of each key, whatever form of TOML it is written in."""

from __future__ import annotations

from showcore_cfn.settings_lines import lines_of

TEXT = '''\
# [not.a.table]

[production]
plain = 1.5  # [nor.this] = 1
dotted."in quotes"  .deep = """one
[two] # = """""
list = [
  "a,]",  # ]
  [1, 2.0],
  {key = 'v]', other.key = 1979-05-27 07:32:00},
]
[ production . "net\\u0041" ]
empty=\'\'
literal = \'\'\'\'
x = 1\'\'\'
last = -0x_ff
[[many]]
'''


def test_each_key_table_and_element_has_its_line() -> None:
    assert lines_of(TEXT) == {
        ("production",): 3,
        ("production", "plain"): 4,
        ("production", "dotted"): 5,
        ("production", "dotted", "in quotes"): 5,
        ("production", "dotted", "in quotes", "deep"): 5,
        ("production", "list"): 7,
        ("production", "list", 0): 8,
        ("production", "list", 1): 9,
        ("production", "list", 1, 0): 9,
        ("production", "list", 1, 1): 9,
        ("production", "list", 2): 10,
        ("production", "list", 2, "key"): 10,
        ("production", "list", 2, "other"): 10,
        ("production", "list", 2, "other", "key"): 10,
        ("production", "netA"): 12,
        ("production", "netA", "empty"): 13,
        ("production", "netA", "literal"): 14,
        ("production", "netA", "last"): 16,
        ("many",): 17,
    }


def test_an_empty_text_has_no_lines() -> None:
    assert lines_of("") == {}


def test_a_text_may_end_without_a_newline() -> None:
    assert lines_of("a = 1\nb.c = [ ]") == {("a",): 1, ("b",): 2, ("b", "c"): 2}
