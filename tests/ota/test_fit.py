"""Whether an image is for a device."""

from __future__ import annotations

from typing import Any

import pytest
from support.downloads import IEEE, IMAGE_TYPE, MANUFACTURER, image

from zigwire.ota.fit import misfit
from zigwire.ota.values import Current


@pytest.mark.parametrize(
    ("header", "hardware", "fault"),
    [
        ({}, None, None),
        ({"hardware_min": 2, "hardware_max": 3}, None, None),
        ({"hardware_min": 2, "hardware_max": 3}, 2, None),
        ({"hardware_min": 2, "hardware_max": 3}, 3, None),
        ({"hardware_min": 2, "hardware_max": 3}, 4, "hardware version of the image 2 to 3, of the device 4"),
        ({"hardware_min": 2, "hardware_max": 3}, 1, "hardware version of the image 2 to 3, of the device 1"),
        ({"manufacturer_code": 0x1234}, None, "manufacturer code of the image 0x1234, of the device 0x115f"),
        ({"image_type": 2}, None, "image type of the image 0x0002, of the device 0x0001"),
        ({"destination": IEEE}, None, None),
        ({"destination": "0x01"}, None, f"destination of the image 0x01, of the device {IEEE}"),
    ],
)
def test_an_image_is_for_some_devices(header: dict[str, Any], hardware: int | None, fault: str | None):
    current = Current(MANUFACTURER, IMAGE_TYPE, 1, hardware)
    expected = fault and f"The image is not for this device: {fault}"
    assert misfit(image(**header).header, IEEE, current) == expected
