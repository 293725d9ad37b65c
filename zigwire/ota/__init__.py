"""Firmware updates: images, indexes of them, and the server side of the ZCL OTA Upgrade cluster."""
