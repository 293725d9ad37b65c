"""The first start: from an empty folder to a running bridge, in a browser or a terminal."""
