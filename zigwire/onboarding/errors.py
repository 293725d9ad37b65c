"""What can go wrong while a person sets Zigwire up."""

from __future__ import annotations

__all__ = ["OnboardingError"]


class OnboardingError(Exception):
    """What was entered can't be used; the text names it and says what is allowed."""
