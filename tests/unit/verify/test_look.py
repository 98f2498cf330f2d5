"""Facts are looked up once, by however many threads; a refusal is remembered too."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest

from showcore_cfn.verify.check import Check, Verdict, check, perform
from showcore_cfn.verify.claim import Claim, equal
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.look import CouldNotLook, Fact, Look, Missing
from tests.unit.verify.world import WANT

NUMBER: Fact[int] = Fact("a number", ("svc:GetNumber",))
TWICE: Fact[int] = Fact("twice the number", ("svc:Double",), (NUMBER,))


def test_a_fact_is_read_once_by_all_threads() -> None:
    calls: list[int] = []
    start = Barrier(8)

    def read(_look: Look) -> int:
        calls.append(1)
        return 21

    look = Look({NUMBER.name: read})

    def ask() -> None:
        start.wait()
        assert look(NUMBER) == 21

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == [1]


@pytest.mark.parametrize("error", [CouldNotLook("denied"), Missing("the thing")])
def test_why_there_is_no_answer_is_remembered(error: Exception) -> None:
    calls: list[int] = []

    def read(_look: Look) -> int:
        calls.append(1)
        raise error

    look = Look({NUMBER.name: read})
    for _ in range(3):
        with pytest.raises(type(error), match=str(error)):
            look(NUMBER)
    assert calls == [1]


def test_a_fact_may_be_read_with_another() -> None:
    look = Look({NUMBER.name: lambda _: 21, TWICE.name: lambda look: 2 * look(NUMBER)})
    assert look(TWICE) == 42


def test_the_actions_of_a_fact_are_its_own_and_those_of_what_it_needs() -> None:
    assert TWICE.actions == ("svc:Double", "svc:GetNumber")


def test_known_values_stand_in_for_readers() -> None:
    look = Look({NUMBER.name: lambda _: 21, TWICE.name: lambda look: 2 * look(NUMBER)})
    assert look.having({NUMBER: 5})(TWICE) == 10
    assert look(TWICE) == 42


def test_a_fact_that_nobody_can_tell_could_not_be_looked_at() -> None:
    with pytest.raises(CouldNotLook, match="nothing here can tell a number"):
        Look({})(NUMBER)


def _check(*claims: Claim, sees: tuple[Fact[object], ...] = (NUMBER,)) -> Check:
    @check("7.1-x", "x", sees=sees, remedy="none")
    def body(look: Look, _want: Expected) -> Iterator[Claim]:
        look(NUMBER)
        yield from claims

    return body


@pytest.mark.parametrize(
    ("claims", "verdict"),
    [
        ((equal("a", 1, 1),), Verdict.PASSED),
        ((equal("a", 1, 1), equal("b", 1, 2)), Verdict.FAILED),
        ((equal("a", 1, 1), Claim("b", "", "", None)), Verdict.BLIND),
        ((equal("a", 1, 2), Claim("b", "", "", None)), Verdict.FAILED),
        ((), Verdict.BLIND),
    ],
)
def test_a_check_passes_only_where_it_claimed_something_and_saw_all_of_it_hold(
    claims: tuple[Claim, ...], verdict: Verdict
) -> None:
    assert perform(_check(*claims), Look.at({NUMBER: 1}), WANT).verdict is verdict


def test_a_check_that_failed_before_it_went_blind_has_failed() -> None:
    @check("7.1-x", "x", sees=(NUMBER, TWICE), remedy="none")
    def body(look: Look, _want: Expected) -> Iterator[Claim]:
        yield equal("number", look(NUMBER), 2)
        yield equal("twice", look(TWICE), 4)

    found = perform(body, Look.at({NUMBER: 1, TWICE: CouldNotLook("denied")}), WANT)
    assert (found.verdict, found.note) == (Verdict.FAILED, "denied")


def test_a_check_that_asks_for_what_it_did_not_declare_is_a_bug() -> None:
    with pytest.raises(LookupError, match=r"7.1-x asks for a number without declaring it"):
        perform(_check(sees=(TWICE,)), Look.at({NUMBER: 1}), WANT)
