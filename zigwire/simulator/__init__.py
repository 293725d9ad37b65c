"""A Zigbee house without hardware: virtual devices, a radio in the process, a virtual coordinator on a TCP port."""
