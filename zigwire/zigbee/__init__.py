"""The Zigbee network: radio, devices, groups, requests, interview and binding."""
