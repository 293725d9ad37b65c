"""Where the log goes: console, file and syslog, with levels by namespace, as the settings say."""

from zigwire.logs.levels import NamespaceFilter, apply, logger_name, namespace
from zigwire.logs.outputs import add_output, configure
from zigwire.logs.redaction import RedactingFilter, redact_uncaught, report_secrets

__all__ = [
    "NamespaceFilter",
    "RedactingFilter",
    "add_output",
    "apply",
    "configure",
    "logger_name",
    "namespace",
    "redact_uncaught",
    "report_secrets",
]
