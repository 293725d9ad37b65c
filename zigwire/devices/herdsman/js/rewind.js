// For conversions without a network: time that stands still, and a way back to how all was before.
"use strict";
const library = require("zigbee-herdsman-converters");
const utils = require("zigbee-herdsman-converters/lib/utils");
const frames = require("./frames");
const host = require("./host");
const {devices} = require("./mirrors");

const TUYA = 0xef00;
const Real = Date;
let now = 0;
let seen = new Map();

globalThis.Date = class Date extends Real {
    constructor(...parts) {
        super(...(parts.length ? parts : [now]));
    }
    static now() {
        return now;
    }
};
globalThis.performance = {now: () => now};

exports.setNow = (milliseconds) => {
    now = milliseconds;
};

// The library's own memory of repeated messages can't be emptied.
utils.hasAlreadyProcessedMessage = (message, definition, id = null, key = null) => {
    if (definition.meta?.publishDuplicateTransaction) return false;
    const place = key || `${message.device.ieeeAddr}-${message.endpoint.ID}`;
    const current = id ?? message.meta.zclTransactionSequenceNumber;
    const known = seen.get(place) ?? [];
    if (known.includes(current)) return true;
    seen.set(place, [current, ...known].slice(0, 5));
    return false;
};

// Nor can the counter that older definitions number Tuya's commands with be put back: all of them have the number 1.
const {build} = frames;
frames.build = (frameType, cluster, command, payload, ...others) => {
    const numbered = cluster.ID === TUYA && payload?.seq !== undefined ? {...payload, seq: 1} : payload;
    return build(frameType, cluster, command, numbered, ...others);
};

/** Put a device back to what was first known of it, but for what its endpoints are to know instead. */
exports.rewind = (ieee, facts, instead) => {
    const changes = JSON.parse(instead);
    library.clearGlobalStore();
    seen = new Map();
    host.forget(ieee);
    const device = devices.get(ieee);
    const first = JSON.parse(facts);
    device.genBasic.powerSource = undefined;
    const endpoints = first.endpoints.map((endpoint) => ({...endpoint, ...changes}));
    device.update({...first, endpoints, ...(changes.meta && {meta: changes.meta})});
    for (const endpoint of endpoints) device.getEndpoint(endpoint.ID).clusters = endpoint.clusters;
};
