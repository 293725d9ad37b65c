// From what definitions ask endpoints and groups to do, to ZCL frames, and from answers to values.
"use strict";
const {Zcl} = require("zigbee-herdsman");

const TO_SERVER = Zcl.Direction.CLIENT_TO_SERVER;
const LEGRAND = Zcl.ManufacturerCode.LEGRAND_GROUP;

/** Return the records of attributes given by name or number; `make` gets number, data type, value and definition. */
exports.records = (cluster, attributes, manufacturer, make) =>
    Object.entries(attributes).map(([key, value]) => {
        const known = Zcl.Utils.getClusterAttribute(cluster, key, manufacturer);
        if (known) return make(known.ID, known.type, value, known);
        if (Number.isNaN(Number(key))) {
            throw new Error(`Attribute '${key}' is unknown in cluster '${cluster.name}': a known name or a number is allowed`);
        }
        return make(Number(key), value.type, value.value, undefined, value);
    });

/** Return the records that read attributes; unknown names are left out. */
exports.asked = (cluster, attributes, manufacturer, complain) => {
    const records = [];
    for (const key of attributes) {
        const known = typeof key === "number" ? {ID: key} : Zcl.Utils.getClusterAttribute(cluster, key, manufacturer);
        if (!known) {
            complain(key);
            continue;
        }
        if (known.name) Zcl.Utils.processAttributePreRead(known);
        records.push({attrId: known.ID});
    }
    return records;
};

/** Return the manufacturer code that attributes share: their own ones, else the given one. */
exports.sharedManufacturer = (cluster, keys, given) => {
    const codes = new Set();
    for (const key of keys) {
        const known = typeof key === "object" ? undefined : Zcl.Utils.getClusterAttribute(cluster, key, undefined);
        codes.add(known?.manufacturerCode === undefined ? given : known.manufacturerCode);
    }
    if (codes.size > 1) throw new Error(`Attributes of different manufacturers can't share a request to '${cluster.name}'`);
    return codes.size ? [...codes][0] : undefined;
};

/** Return a frame as hex. Its transaction number is the host's to choose unless the options name one. */
exports.build = (frameType, cluster, command, payload, options, customClusters) => {
    const frame = Zcl.Frame.create(
        frameType,
        options.direction,
        options.disableDefaultResponse,
        options.manufacturerCode,
        options.transactionSequenceNumber ?? 0,
        command,
        cluster,
        payload,
        customClusters,
        options.reservedBits,
    );
    return frame.toBuffer().toHex();
};

/** Return the command of a name or number, as a general one or as one of a cluster. */
exports.command = (frameType, cluster, key, direction) => {
    if (typeof key === "object") return key;
    if (frameType === Zcl.FrameType.GLOBAL) return Zcl.Utils.getGlobalCommand(key);
    if (direction === TO_SERVER) return Zcl.Utils.getClusterCommand(cluster, key);
    return Zcl.Utils.getClusterCommandResponse(cluster, key);
};

/** Return the parsed frame. */
exports.parse = (cluster, bytes, customClusters) =>
    Zcl.Frame.fromBuffer(cluster, Zcl.Header.fromBuffer(bytes), bytes, customClusters);

/** Legrand's devices leave their manufacturer code out of frames about their own attributes. */
const meant = (frame, device) =>
    frame.header.manufacturerCode === undefined && device.manufacturerID === LEGRAND
        ? [Zcl.Utils.getCluster(frame.cluster.name, LEGRAND, device.customClusters), LEGRAND]
        : [frame.cluster, frame.header.manufacturerCode];

/** Return the values of a report, write or read response by name, where there is one, or number. */
exports.values = (frame, device) => {
    const [cluster, manufacturer] = meant(frame, device);
    const values = {};
    for (const record of frame.payload) {
        if (record.status !== undefined && record.status !== Zcl.Status.SUCCESS) continue;
        const known = Zcl.Utils.getClusterAttribute(cluster, record.attrId, manufacturer);
        if (!known) {
            values[record.attrId] = record.attrData;
            continue;
        }
        try {
            values[known.name] = Zcl.Utils.processAttributePostRead(known, record.attrData);
        } catch {
            // A value outside of the attribute's limits is as good as none.
        }
    }
    return values;
};

/** Return the names or numbers of the attributes that a frame asks for. */
exports.keys = (frame, device) => {
    const [cluster, manufacturer] = meant(frame, device);
    return frame.payload.map(
        (record) => Zcl.Utils.getClusterAttribute(cluster, record.attrId, manufacturer)?.name ?? record.attrId,
    );
};

/** Refuse an answer that tells of a failure. */
exports.check = (payload) => {
    const codes = Array.isArray(payload) ? payload.map((record) => record.status) : [payload.statusCode];
    const failed = codes.find((code) => code !== Zcl.Status.SUCCESS);
    if (failed) throw new Zcl.StatusError(failed);
};
