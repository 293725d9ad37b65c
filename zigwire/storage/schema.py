"""The tables of `zigwire.db` and the steps that lead from one version of them to the next."""

from __future__ import annotations

import sqlite3

from zigwire.storage.errors import StorageError

__all__ = ["VERSION", "migrate", "stored_version"]

_TABLES_1 = """
CREATE TABLE devices (
    ieee TEXT PRIMARY KEY,
    network_address INTEGER NOT NULL,
    type TEXT NOT NULL,
    interview_state TEXT NOT NULL,
    manufacturer_code INTEGER,
    mac_capabilities INTEGER,
    manufacturer_name TEXT,
    model_id TEXT,
    power_source TEXT,
    zcl_version INTEGER,
    application_version INTEGER,
    stack_version INTEGER,
    hardware_version INTEGER,
    date_code TEXT,
    software_build_id TEXT,
    last_seen INTEGER,
    linkquality INTEGER,
    meta TEXT NOT NULL
);
CREATE TABLE endpoints (
    ieee TEXT NOT NULL REFERENCES devices ON DELETE CASCADE,
    id INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    device INTEGER NOT NULL,
    input_clusters TEXT NOT NULL,
    output_clusters TEXT NOT NULL,
    PRIMARY KEY (ieee, id)
);
CREATE TABLE bindings (
    ieee TEXT NOT NULL REFERENCES devices ON DELETE CASCADE,
    endpoint INTEGER NOT NULL,
    cluster INTEGER NOT NULL,
    target_ieee TEXT,
    target_endpoint INTEGER,
    target_group INTEGER
);
CREATE INDEX bindings_of ON bindings (ieee);
CREATE TABLE reportings (
    ieee TEXT NOT NULL REFERENCES devices ON DELETE CASCADE,
    endpoint INTEGER NOT NULL,
    cluster INTEGER NOT NULL,
    attribute INTEGER NOT NULL,
    minimum INTEGER NOT NULL,
    maximum INTEGER NOT NULL,
    change,
    manufacturer INTEGER
);
CREATE INDEX reportings_of ON reportings (ieee);
CREATE TABLE scenes (
    ieee TEXT NOT NULL REFERENCES devices ON DELETE CASCADE,
    endpoint INTEGER NOT NULL,
    id INTEGER NOT NULL,
    group_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX scenes_of ON scenes (ieee);
CREATE TABLE groups (id INTEGER PRIMARY KEY);
CREATE TABLE members (
    group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
    ieee TEXT NOT NULL,
    endpoint INTEGER NOT NULL
);
CREATE INDEX members_of ON members (group_id);
CREATE TABLE network (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    pan_id INTEGER NOT NULL,
    extended_pan_id TEXT NOT NULL,
    channel INTEGER NOT NULL,
    network_key BLOB NOT NULL,
    coordinator TEXT NOT NULL
);
CREATE TABLE states (entity TEXT PRIMARY KEY, state TEXT NOT NULL);
"""

_TABLES_2 = """
ALTER TABLE devices ADD COLUMN keepsakes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE endpoints ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE endpoints ADD COLUMN meta TEXT NOT NULL DEFAULT '{}';
ALTER TABLE endpoints ADD COLUMN keepsakes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE groups ADD COLUMN meta TEXT NOT NULL DEFAULT '{}';
ALTER TABLE groups ADD COLUMN keepsakes TEXT NOT NULL DEFAULT '{}';
CREATE TABLE keepsakes (entry TEXT NOT NULL);
"""

_TABLES_3 = """
ALTER TABLE groups ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
"""

_TABLES_4 = """
CREATE TABLE firmware_schedules (
    ieee TEXT PRIMARY KEY REFERENCES devices ON DELETE CASCADE,
    url TEXT,
    downgrade INTEGER NOT NULL
);
CREATE TABLE firmware_updates (
    ieee TEXT PRIMARY KEY REFERENCES devices ON DELETE CASCADE,
    image TEXT NOT NULL,
    patience REAL NOT NULL,
    delay REAL NOT NULL,
    block_size INTEGER NOT NULL
);
INSERT INTO firmware_schedules
    SELECT ieee, iif(json_type(schedule, '$.url') = 'text', json_extract(schedule, '$.url'), NULL),
        json_type(schedule, '$.downgrade') IS 'true'
    FROM (SELECT ieee, iif(json_valid(keepsakes), json_extract(keepsakes, '$.scheduledOta'), NULL) AS schedule
        FROM devices)
    WHERE json_valid(schedule) AND json_type(schedule) = 'object';
UPDATE devices SET keepsakes = json_remove(keepsakes, '$.scheduledOta')
    WHERE ieee IN (SELECT ieee FROM firmware_schedules);
"""

_STEPS = (_TABLES_1, _TABLES_2, _TABLES_3, _TABLES_4)
"""Step n makes version n + 1 out of version n; never changed once released, only added to."""

VERSION = len(_STEPS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables to `VERSION`, each step in a transaction of its own.

    Raises:
        StorageError: A newer Zigwire has written this database.
    """
    connection.execute("CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL)")
    version = stored_version(connection)
    if version > VERSION:
        raise StorageError(
            f"zigwire.db was written by a newer Zigwire (version {version} of its tables, this one knows {VERSION})"
        )
    for number, step in enumerate(_STEPS[version:], start=version + 1):
        record = f"DELETE FROM schema; INSERT INTO schema VALUES ({number:d});"  # noqa: S608 - a number of our own
        connection.executescript(f"BEGIN; {step} {record} COMMIT;")


def stored_version(connection: sqlite3.Connection) -> int:
    """Return the version of a database's tables, 0 when it is new."""
    row = connection.execute("SELECT version FROM schema").fetchone()
    return int(row[0]) if row else 0
