"""What single models need to be updated."""

import pytest

from zigwire.bridge.firmware.quirks import corrected, prepare
from zigwire.ota.values import Current
from zigwire.zcl.requests import Write
from zigwire.zigbee.errors import RequestTimeoutError
from zigwire.zigbee.model import Device, Endpoint

ASKED = Current(0x115F, 1, 7)


class Air:
    """Notes what is sent to devices that do not answer."""

    def __init__(self):
        self.sent = []

    async def request(self, device, request):
        self.sent.append(request)
        raise RequestTimeoutError(1)


@pytest.mark.parametrize(
    ("model", "meta", "version"),
    [
        ("lumi.curtain.acn003", {"lumiFileVersion": 9}, 9),
        ("lumi.curtain.acn003", {}, 7),
        ("lumi.curtain.acn003", {"lumiFileVersion": "9"}, 7),
        ("lumi.plug", {"lumiFileVersion": 9}, 7),
    ],
)
def test_a_version_that_is_known_better(model, meta, version):
    assert corrected(Device("0x01", 1, model_id=model, meta=meta), ASKED) == Current(0x115F, 1, version)


@pytest.mark.parametrize(
    ("model", "clusters", "written"), [("PP-WHT-US", [5], True), ("PP-WHT-US", [6], False), ("lumi.plug", [5], False)]
)
async def test_a_group_that_a_plug_needs(model, clusters, written):
    air = Air()
    device = Device("0x01", 1, model_id=model, endpoints={3: Endpoint(3, output_clusters=clusters)})
    await prepare(air, device)
    expected = Write(endpoint=3, cluster="genScenes", attributes={"currentGroup": 49502})
    assert air.sent == ([expected] if written else [])
