"""Discovery by Home Assistant: what it is told of the house, and the states and commands as it needs them."""

from zigwire.bridge.homeassistant.service import HomeAssistant
from zigwire.bridge.homeassistant.states import without_needless_state

__all__ = ["HomeAssistant", "without_needless_state"]
