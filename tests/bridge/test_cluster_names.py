"""bridge/devices names clusters and attributes as the device's own definition does."""

from __future__ import annotations

from zigwire.zcl.clusters import CLUSTERS
from zigwire.zigbee.model import Binding, ConfiguredReporting

OWN = {
    "manuSpecificOwn": {
        "id": 0xFC99,
        "attributes": {"glow": {"id": 1, "type": 0x20, "access": "RW"}},
        "commands": {},
        "responses": {},
    }
}


async def test_a_device_with_clusters_of_its_own(make_home):
    home = await make_home()
    await home.pair()
    endpoint = home.device.endpoints[1]
    endpoint.output_clusters.append(0xFC99)
    endpoint.bindings.append(Binding(0xFC99, group=7))
    endpoint.reportings.append(ConfiguredReporting(0xFC99, 1, 0, 60))

    def shown():
        home.bridge.info.device_changed(home.device.ieee)
        home.bridge.info.flush()
        return home.sent.of("bridge/devices")[-1][1]["endpoints"]["1"]

    assert shown()["clusters"]["output"][-1] == "64665"
    home.network.use_clusters(home.device, CLUSTERS.extended(OWN))
    described = shown()
    assert described["clusters"]["output"][-1] == "manuSpecificOwn"
    assert described["bindings"][-1]["cluster"] == "manuSpecificOwn"
    reporting = described["configured_reportings"][-1]
    assert (reporting["cluster"], reporting["attribute"]) == ("manuSpecificOwn", "glow")
