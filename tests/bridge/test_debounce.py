import asyncio

from zigwire.bridge.debounce import Debouncer, Throttle


async def test_debounce_gathers_until_quiet():
    published = asyncio.Queue()
    debouncer = Debouncer(0.01, (), published.put_nowait)
    debouncer.add({"temperature": 20})
    debouncer.add({"humidity": 50})
    debouncer.add({"temperature": 21})
    assert published.empty()
    assert await published.get() == {"temperature": 21, "humidity": 50}
    assert published.empty()


async def test_a_kept_property_that_changes_flushes():
    published = []
    debouncer = Debouncer(60, ["action"], published.append)
    debouncer.add({"action": "single", "battery": 90})
    debouncer.add({"action": "single", "battery": 91})
    assert published == []
    debouncer.add({"action": "double"})
    assert published == [{"action": "single", "battery": 91}]
    debouncer.flush()
    assert published[1:] == [{"action": "double"}]


async def test_nothing_new_is_published_too():
    published = []
    debouncer = Debouncer(60, (), published.append)
    debouncer.add({})
    debouncer.flush()
    assert published == [{}]


async def test_superseded_properties_are_not_published_again():
    published = []
    debouncer = Debouncer(60, (), published.append)
    debouncer.add({"state": "ON", "power": 3})
    debouncer.superseded(["state"])
    debouncer.flush()
    debouncer.flush()
    assert published == [{"power": 3}]


async def test_when_all_is_superseded_what_is_known_is_published_as_zigbee2mqtt_does():
    published = []
    debouncer = Debouncer(60, (), published.append)
    debouncer.add({"state": "ON"})
    debouncer.superseded(["state"])
    debouncer.flush()
    assert published == [{}]


async def test_throttle_lets_the_first_through_and_gathers_the_rest():
    published = asyncio.Queue()
    throttle = Throttle(0.01, published.put_nowait)
    throttle.add({"power": 1})
    assert published.get_nowait() == {"power": 1}
    throttle.add({"power": 2})
    throttle.add({"power": 3, "energy": 1})
    assert published.empty()
    assert await published.get() == {"power": 3, "energy": 1}


async def test_throttle_flush_publishes_what_is_held():
    published = []
    throttle = Throttle(60, published.append)
    throttle.add({"power": 1})
    throttle.add({"power": 2})
    throttle.flush()
    throttle.flush()
    assert published == [{"power": 1}, {"power": 2}]
