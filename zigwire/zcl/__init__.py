"""The Zigbee Cluster Library (ZCL) without I/O: bytes to messages, requests to bytes."""
