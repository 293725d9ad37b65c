"""Which message answers which request."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from zigwire.zigbee.transactions import Transactions


def anything(_message: object) -> bool:
    return True


async def test_only_the_matching_message_resolves():
    transactions = Transactions()
    with transactions.expect("a", lambda message: message == "right") as pending:
        tsn = transactions.number(pending)
        assert pending.tsn == transactions.number(pending) == tsn
        assert not transactions.resolve("b", tsn, "right")
        assert not transactions.resolve("a", tsn + 1, "right")
        assert not transactions.resolve("a", tsn, "wrong")
        assert transactions.resolve("a", tsn, "right")
        assert not transactions.resolve("a", tsn, "right")
        assert await pending.reply == "right"
    assert not transactions.resolve("a", tsn, "right")


async def test_numbers_in_use_are_passed_over():
    transactions = Transactions()
    with transactions.expect("a", anything) as pending:
        tsn = transactions.number(pending)
        numbers = [transactions.next_tsn() for _ in range(255)]
        assert tsn not in numbers
        assert sorted([*numbers, tsn]) == list(range(256))


async def test_what_is_not_sent_yet_uses_no_number():
    transactions = Transactions()
    with contextlib.ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(transactions.expect("a", anything))
        assert sorted(transactions.next_tsn() for _ in range(256)) == list(range(256))


async def test_when_all_numbers_are_in_use_each_is_shared_in_turn():
    transactions = Transactions()
    with contextlib.ExitStack() as stack:
        waiting = [stack.enter_context(transactions.expect(f"peer {number}", anything)) for number in range(512)]
        numbers = [transactions.number(pending) for pending in waiting]
        assert sorted(numbers[:256]) == sorted(numbers[256:]) == list(range(256))
        for pending, tsn in zip(waiting, numbers, strict=True):
            assert transactions.resolve(pending.peer, tsn, f"answer of {pending.peer}")
            assert pending.reply.result() == f"answer of {pending.peer}"
    assert not transactions.resolve("peer 0", numbers[0], "late")
    assert sorted(transactions.next_tsn() for _ in range(256)) == list(range(256))


async def test_failing_one_or_all():
    transactions = Transactions()
    with transactions.expect("a", anything) as one, transactions.expect("b", anything) as other:
        transactions.fail("a", ConnectionError("gone"))
        assert not other.reply.done()
        with pytest.raises(ConnectionError):
            await one.reply
        transactions.fail_all(ConnectionError("all gone"))
        with pytest.raises(ConnectionError, match="all"):
            await other.reply


async def test_giving_up_leaves_nothing_behind():
    transactions = Transactions()

    async def ask() -> None:
        with transactions.expect("a", anything) as pending:
            transactions.number(pending)
            await pending.reply

    task = asyncio.create_task(ask())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert transactions.next_tsn() == 2
    assert not transactions.resolve("a", 1, "late")
