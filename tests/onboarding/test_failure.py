"""What browsers are told of a start that failed, and what can be done then."""

from __future__ import annotations

import json

import pytest

from zigwire.onboarding.errors import OnboardingError
from zigwire.onboarding.failure import Failure
from zigwire.onboarding.session import read


@pytest.fixture
def configuration(tmp_path):
    path = tmp_path / "configuration.yaml"
    path.write_text("version: 5\nmqtt: {server: 'mqtt://x'}\nfrontend: {enabled: true, port: 8099, base_url: /z}\n")
    return path


@pytest.fixture
async def failure(configuration):
    return Failure(["no radio"], lambda: read(configuration, {}))


async def test_the_reasons_are_told(failure):
    state = json.loads((await failure.state(None)).body)
    assert state == {"page": "failure", "errors": ["no radio"]}


async def test_a_second_try_says_where_the_page_will_be(failure):
    assert await failure.retry({}) == {"page": True, "scheme": "http", "port": 8099, "base_url": "/z"}
    assert failure.decided.result() is False


@pytest.mark.parametrize("decide", ["retry", "again"])
async def test_nothing_is_decided_as_long_as_the_configuration_has_faults(failure, configuration, decide):
    right = configuration.read_text()
    configuration.write_text("mqtt: {server: 5}\n")
    with pytest.raises(OnboardingError, match=r"mqtt\.server"):
        await getattr(failure, decide)({})
    assert not failure.decided.done()
    configuration.write_text(right)
    await getattr(failure, decide)({})
    assert failure.decided.result() is (decide == "again")
