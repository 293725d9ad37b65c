"""What makes Zigbee and MQTT meet: one file per feature."""
