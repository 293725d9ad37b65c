"""Tables of neighbours and routes, page by page."""

import pytest

from zigwire.zigbee import zdo
from zigwire.zigbee.errors import StatusError
from zigwire.zigbee.topology import read_neighbors, read_routes


def neighbor(number):
    return zdo.Neighbor(1, f"0x{number:016x}", number, 0x15, 2, 1, 100)


class Node:
    """Answers with pages of a table."""

    def __init__(self, table, page=3, total=None):
        self.table = table
        self.page = page
        self.total = len(table) if total is None else total
        self.asked = []

    async def zdo_request(self, device, request, *, priority="user"):
        self.asked.append((type(request), request.start, priority))
        part = tuple(self.table[request.start : request.start + self.page])
        kind = zdo.LqiResponse if isinstance(request, zdo.LqiRequest) else zdo.RoutingResponse
        return kind(0, self.total, request.start, part)


@pytest.mark.parametrize("size", [0, 1, 3, 7])
async def test_all_pages_are_read_in_the_background(size):
    table = [neighbor(number) for number in range(size)]
    node = Node(table)
    assert await read_neighbors(node, None) == tuple(table)
    assert [start for _, start, _ in node.asked] == list(range(0, max(size, 1), 3))
    assert {priority for *_, priority in node.asked} == {"background"}


async def test_routes():
    table = [zdo.Route(number, 0, 1) for number in range(5)]
    assert await read_routes(Node(table), None) == tuple(table)


async def test_a_table_that_promises_more_than_it_has_ends():
    table = [neighbor(1)]
    node = Node(table, total=200)
    assert await read_neighbors(node, None) == tuple(table)
    assert len(node.asked) == 2


async def test_a_node_that_gives_the_same_page_for_ever_ends():
    class Stuck(Node):
        async def zdo_request(self, device, request, *, priority="user"):
            return await super().zdo_request(device, zdo.LqiRequest(0), priority=priority)

    node = Stuck([neighbor(1), neighbor(2)], total=255)
    assert len(await read_neighbors(node, None)) == 2
    assert len(node.asked) == 2


async def test_a_refusal_is_told():
    class Refusing:
        async def zdo_request(self, device, request, *, priority="user"):
            raise StatusError("NOT_SUPPORTED")

    with pytest.raises(StatusError):
        await read_routes(Refusing(), None)
