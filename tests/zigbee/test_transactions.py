"""Which message answers which request."""

from __future__ import annotations

import asyncio

import pytest

from zigwire.zigbee.transactions import Transactions


def anything(_message: object) -> bool:
    return True


async def test_only_the_matching_message_resolves():
    transactions = Transactions()
    with transactions.expect("a", lambda message: message == "right") as pending:
        assert not transactions.resolve("b", pending.tsn, "right")
        assert not transactions.resolve("a", pending.tsn + 1, "right")
        assert not transactions.resolve("a", pending.tsn, "wrong")
        assert transactions.resolve("a", pending.tsn, "right")
        assert not transactions.resolve("a", pending.tsn, "right")
        assert await pending.reply == "right"
    assert not transactions.resolve("a", pending.tsn, "right")


async def test_numbers_in_use_are_passed_over():
    transactions = Transactions()
    with transactions.expect("a", anything) as pending:
        numbers = [transactions.next_tsn() for _ in range(255)]
        assert pending.tsn not in numbers
        assert sorted([*numbers, pending.tsn]) == list(range(256))


async def test_when_all_numbers_are_in_use_the_newest_waits():
    transactions, waiting = Transactions(), []
    for _ in range(300):
        expected = transactions.expect("a", anything)
        waiting.append((expected, expected.__enter__()))
    newest = waiting[-1][1]
    assert transactions.resolve("a", newest.tsn, "answer")
    assert newest.reply.result() == "answer"
    for expected, _ in waiting:
        expected.__exit__(None, None, None)
    assert not transactions.resolve("a", newest.tsn, "answer")


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
            await pending.reply

    task = asyncio.create_task(ask())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert transactions.next_tsn() == 2
    assert not transactions.resolve("a", 1, "late")
