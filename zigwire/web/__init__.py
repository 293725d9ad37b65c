"""HTTP and WebSocket for browsers, in the form that Zigbee2MQTT's frontends speak."""
