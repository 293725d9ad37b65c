"""How far an interview came, and what the device turned out to be, in the log."""

from __future__ import annotations

import logging

from zigwire.bridge.entities import DeviceEntity
from zigwire.zigbee.model import InterviewState

__all__ = ["log_interview"]

LOG = logging.getLogger(__name__)


def log_interview(entity: DeviceEntity) -> None:
    """Say how far a device's interview came."""
    device = entity.device
    if device.interview_state is InterviewState.PENDING:
        LOG.info("The interview of '%s' waits for the radio", entity.name)
    elif device.interview_state is InterviewState.IN_PROGRESS:
        LOG.info("Interviewing '%s'", entity.name)
    elif device.interview_state is InterviewState.FAILED:
        LOG.error("'%s' was not interviewed; try bridge/request/device/interview, or pair it again", entity.name)
    elif entity.behaviour:
        definition = entity.behaviour.definition
        LOG.info("'%s' is a %s %s: %s", entity.name, definition.vendor, definition.model, definition.description)
    else:
        LOG.warning("'%s' (%s by %s) has no definition", entity.name, device.model_id, device.manufacturer_name)
