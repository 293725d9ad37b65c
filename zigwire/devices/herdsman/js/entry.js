// What the host calls. Longer work is begun with a number and its outcome noted under that number.
"use strict";
const {Zcl, setLogger} = require("zigbee-herdsman");
const library = require("zigbee-herdsman-converters");
const models = require("zigbee-herdsman-converters/models-index.json");
const frames = require("./frames");
const host = require("./host");
const {Device, Group, devices, groups} = require("./mirrors");
const {withName} = require("./names");
const shape = require("./shape");
const {setZone} = require("./time");

const QUIET = {debug() {}, info() {}};
const VALUES = {report: "attributeReport", write: "write", readRsp: "readResponse"};
const CACHED = new Set(["attributeReport", "readResponse"]);

const definitions = new Map();

const toLog = (level) => (message) => host.log(level, message);
const levels = Object.fromEntries(["debug", "info", "warning", "error"].map((level) => [level, toLog(level)]));

/** Say which log lines are wanted. */
exports.setVerbose = (verbose) => {
    library.setLogger(verbose ? levels : {...levels, debug: QUIET.debug});
    setLogger(verbose ? levels : {...levels, ...QUIET});
};

exports.setNetwork = (text) => {
    const {ieee, endpoint, parameters} = JSON.parse(text);
    const facts = {ieeeAddr: ieee, type: "Coordinator", networkAddress: 0, interviewState: "SUCCESSFUL"};
    const only = {ID: endpoint, inputClusters: [], outputClusters: []};
    devices.set(ieee, new Device({...facts, endpoints: [only]}));
    Device.adapter = {getNetworkParameters: async () => parameters};
};

exports.setZone = (text) => setZone(JSON.parse(text));

const revive = (_, value) => (value?.type === "Buffer" && Array.isArray(value.data) ? Buffer.from(value.data) : value);
const parsed = (text) => JSON.parse(text, revive);

/** Begin something; its outcome is noted under the number of the call. */
const begin = (call, work) => {
    work()
        .then((value) => host.tell({kind: "done", call, value}))
        .catch((error) => {
            host.hoarded(error);
            host.tell({kind: "done", call, error: told(error)});
        });
};

const told = (error) => ({text: String(error?.message || error), request: error?.request, stack: error?.stack});

/** Load the files that define devices of a model id. This may take longer than calls are allowed to. */
exports.preload = (model) => {
    const key = model === "" ? "null" : model.toLowerCase();
    const entries = models[key] ?? models[key.replace(/\0(.|\n)*$/g, "").trim()] ?? [];
    const index = load.find("", "zigbee-herdsman-converters");
    for (const [file] of entries) load(index, `./devices/${file.slice(0, -".js".length)}`);
};

/**
 * Find what describes a device; `generate` makes up a definition where there is none.
 * A name that is not empty means the definition of that name, of a script or of these files, and no other.
 */
exports.find = (call, facts, options, state, generate, name, files) => {
    const device = new Device(parsed(facts));
    host.enter(device.ieeeAddr, true);
    devices.set(device.ieeeAddr, device);
    begin(call, async () => {
        const definition = name ? withName(name, JSON.parse(files)) : await library.findByDevice(device, generate);
        if (devices.get(device.ieeeAddr) !== device) return false;
        if (!definition) {
            devices.delete(device.ieeeAddr);
            return false;
        }
        definitions.set(device.ieeeAddr, definition);
        announce(device, definition, "start", base(device, options, state));
        return true;
    });
};

const base = (device, options, state) => ({
    device,
    options: JSON.parse(options),
    state: JSON.parse(state),
    deviceExposesChanged: () => host.note({kind: "exposes", ieee: device.ieeeAddr}),
});

const announce = (device, definition, type, data) => {
    const event = {type, data};
    host.watched(() => library.onEvent(event), type);
    if (definition.onEvent) host.watched(() => definition.onEvent(event), type);
};

/** Tell a definition what happened to its device. */
exports.event = (ieee, type, data, options, state) => {
    host.enter(ieee, true);
    const device = devices.get(ieee);
    announce(device, definitions.get(ieee), type, {...base(device, options, state), ...JSON.parse(data)});
};

/** Return what the host wants to know of a definition. */
exports.describe = (ieee) => {
    const definition = definitions.get(ieee);
    return JSON.stringify({
        vendor: definition.vendor,
        model: definition.model,
        description: definition.description,
        version: String(definition.version),
        ota: Boolean(definition.ota),
        otaIdentity: definition.ota instanceof Object ? definition.ota : {},
        generated: Boolean(definition.generated),
        external: Boolean(definition.externalConverterName),
        endpoints: shape.endpoints(definition.endpoint?.(devices.get(ieee))),
        options: shape.options(definition.options),
        configures: Boolean(definition.configure),
        overrides: Boolean(definition.meta?.overrideHaDiscoveryPayload),
    });
};

exports.exposes = (ieee, options) => {
    const {exposes} = definitions.get(ieee);
    const shown = typeof exposes === "function" ? exposes(devices.get(ieee), JSON.parse(options)) : exposes;
    return JSON.stringify(shape.exposes(shown));
};

exports.overrideDiscovery = (ieee, text, options) => {
    const payload = JSON.parse(text);
    definitions.get(ieee).meta.overrideHaDiscoveryPayload(payload, JSON.parse(options));
    return JSON.stringify(payload);
};

/** Take over what the host knows of a device. */
exports.update = (ieee, facts) => devices.get(ieee).update(parsed(facts));

/** Return as JSON what a device has to keep. */
exports.kept = (ieee) => JSON.stringify(devices.get(ieee).kept());

/** Tell a definition that its device goes. */
exports.stop = (ieee) => {
    host.enter(ieee, true);
    const [device, definition] = [devices.get(ieee), definitions.get(ieee)];
    if (definition) announce(device, definition, "stop", {ieeeAddr: ieee});
    if (!device) return;
    device.isDeleted = true;
    host.changed(device);
};

/** Forget a device. */
exports.drop = (ieee) => {
    host.forget(ieee);
    definitions.delete(ieee);
    devices.delete(ieee);
};

// From a frame to a state

/** Return what a frame says: type, cluster and data, and whether its sender has been answered. */
const understood = (device, endpoint, cluster, bytes) => {
    let frame;
    try {
        frame = frames.parse(cluster, bytes, device.customClusters);
    } catch {
        const {name} = Zcl.Utils.getCluster(cluster, device.manufacturerID, device.customClusters);
        return {type: "raw", cluster: Number.isNaN(Number(name)) ? name : Number(name), data: bytes, meta: {rawData: bytes}};
    }
    const {header, command} = frame;
    const meta = {
        rawData: bytes,
        zclTransactionSequenceNumber: header.transactionSequenceNumber,
        manufacturerCode: header.manufacturerCode,
        frameControl: header.frameControl,
    };
    const told = {cluster: frame.cluster.name, meta, frame};
    if (header.isSpecific) {
        return {...told, type: `command${command.name[0].toUpperCase()}${command.name.slice(1)}`, data: frame.payload};
    }
    if (command.name === "read") return {...told, type: "read", data: frames.keys(frame, device)};
    if (command.name in VALUES) return {...told, type: VALUES[command.name], data: frames.values(frame, device)};
    return told;
};

const listens = (converter, message) =>
    converter.cluster === message.cluster &&
    (Array.isArray(converter.type) ? converter.type.includes(message.type) : converter.type === message.type);

/** Begin to decode a frame; return 0 when nothing is for it, and 1 or 3 otherwise. Bit 1: its sender gets no answer. */
exports.decode = (call, ieee, number, cluster, groupID, hex, linkquality, options, state) => {
    host.enter(ieee, true);
    const [device, definition] = [devices.get(ieee), definitions.get(ieee)];
    const endpoint = device.getEndpoint(number) ?? device.createEndpoint(number);
    const bytes = Buffer.from(Uint8Array.fromHex(hex).buffer);
    const message = understood(device, endpoint, cluster, bytes);
    if (CACHED.has(message.type)) endpoint.remember(message.frame.cluster.ID, message.data);
    const silent = device.skipDefaultResponse || repliedTo(device, endpoint, message);
    const listening = definition.fromZigbee.filter((converter) => listens(converter, message));
    if (!listening.length) return silent ? 2 : 0;
    const received = {...message, device, endpoint, linkquality, groupID};
    begin(call, () => converted(definition, listening, received, JSON.parse(options), state));
    return silent ? 3 : 1;
};

const repliedTo = (device, endpoint, message) =>
    message.type === "read" && Boolean(device.customReadResponse?.(message.frame, endpoint));

const converted = async (definition, listening, message, options, state) => {
    const {device} = message;
    const finish = (payload) => library.postProcessConvertedFromZigbeeMessage(definition, payload, options, device);
    const publish = (payload) => {
        finish(payload);
        host.publish(device.ieeeAddr, payload);
    };
    const meta = {...base(device, "{}", state), options, logger: levels};
    let payload = {};
    for (const converter of listening) {
        try {
            payload = {...payload, ...(await converter.convert(definition, message, publish, options, meta))};
        } catch (error) {
            if (host.hoarded(error)) break;
            host.log("error", `${message.type} of ${message.cluster}: ${error?.message ?? error}`);
        }
    }
    finish(payload);
    return payload;
};

// From a key to requests

const groupOf = (about) => {
    const group = Group.of(about.id);
    const members = about.members.map(([ieee, number]) => devices.get(ieee)?.getEndpoint(number)).filter(Boolean);
    group.update(about.meta, members);
    return group;
};

/** Make a device known that a group needs and no definition describes here. */
exports.stand = (facts) => {
    const device = new Device(parsed(facts));
    devices.set(device.ieeeAddr, device);
};

/** Return what describes a device, or all that describe the members of a group. */
const mapped = (ieee, group) => {
    if (!group) return definitions.get(ieee);
    const members = group.members.map((endpoint) => definitions.get(endpoint.deviceIeeeAddress));
    return [...new Set(members.filter(Boolean))];
};

const namesOf = (device, definition) => definition.endpoint?.(device) ?? {};

const endpointOf = (device, names, key) => {
    if (key && !Number.isNaN(Number(key))) return device.getEndpoint(Number(key));
    const number = names[key || "default"];
    if (number) return device.getEndpoint(number);
    return key ? undefined : device.endpoints[0];
};

/** Return who a key of a device goes to: the endpoint, its name, and the key without it. */
const place = (device, definition, key, wanted) => {
    const names = namesOf(device, definition);
    const known = Object.keys(names).filter((name) => name !== "default");
    const match = known.length ? key.match(new RegExp(`^(.*?)_(${known.join("|")})$`)) : null;
    const name = match ? match[2] : wanted;
    const endpoint = endpointOf(device, names, name);
    const named = !Number.isNaN(Number(name)) && known.find((one) => names[one] === endpoint?.ID);
    return {target: endpoint, name: named || name, key: match ? match[1] : key};
};

const placed = (ieee, group, key, wanted) =>
    group ? {target: group, name: undefined, key} : place(devices.get(ieee), definitions.get(ieee), key, wanted);

const converterFor = (described, spot, group) => {
    const all = group ? [...new Set(described.flatMap((one) => one.toZigbee))] : described.toZigbee;
    return all.find(
        (one) =>
            (!one.key || one.key.includes(spot.key)) &&
            (group || !one.endpoints || (spot.name && one.endpoints.includes(spot.name))),
    );
};

/** Return what is for a key, as JSON: who claims it, whether it can be set and got; null for nothing. */
exports.locate = (ieee, key, wanted) => {
    const definition = definitions.get(ieee);
    const spot = placed(ieee, undefined, key, wanted || undefined);
    const converter = spot.target && converterFor(definition, spot);
    if (!converter) return "null";
    return JSON.stringify({
        claim: `${spot.target.ID}.${definition.toZigbee.indexOf(converter)}`,
        set: Boolean(converter.convertSet),
        get: Boolean(converter.convertGet),
    });
};

const ownMessage = (message, name) => {
    if (!name) return {...message};
    const own = {};
    for (const [key, value] of Object.entries(message)) {
        if (!key.endsWith(name)) own[key] = value;
    }
    for (const [key, value] of Object.entries(message)) {
        if (key.endsWith(name)) own[key.slice(0, -name.length - 1)] = value;
    }
    return own;
};

const suffixed = (state, name) =>
    name && state ? Object.fromEntries(Object.entries(state).map(([key, value]) => [`${key}_${name}`, value])) : state;

const prepared = (ieee, asked, options, state) => {
    const group = asked.group && groupOf(asked.group);
    const described = mapped(ieee, group);
    const spot = placed(ieee, group, asked.key, asked.endpoint ?? undefined);
    const device = group ? undefined : devices.get(ieee);
    const meta = {
        endpoint_name: spot.name,
        options: JSON.parse(options),
        message: ownMessage(asked.message, spot.name),
        device,
        state: JSON.parse(state),
        membersState: asked.members ?? undefined,
        mapped: described,
        logger: levels,
        deviceExposesChanged: () => host.note({kind: "exposes", ieee}),
    };
    const published = {};
    meta.publish = (payload) => {
        if (group) Object.assign(published, payload);
        else host.publish(ieee, payload);
    };
    return {spot, meta, published, converter: converterFor(described, spot, group)};
};

exports.set = (call, ieee, text, options, state) => {
    host.enter(ieee, false);
    begin(call, async () => {
        const asked = JSON.parse(text);
        const {spot, meta, published, converter} = prepared(ieee, asked, options, state);
        const result = await converter.convertSet(spot.target, spot.key, asked.value, meta);
        return {state: {...published, ...suffixed(result?.state, spot.name)}, members: result?.membersState};
    });
};

exports.get = (call, ieee, text, options, state) => {
    host.enter(ieee, false);
    begin(call, async () => {
        const {spot, meta, converter} = prepared(ieee, JSON.parse(text), options, state);
        await converter.convertGet(spot.target, spot.key, meta);
    });
};

exports.configure = (call, ieee, coordinator) => {
    host.enter(ieee, true);
    const definition = definitions.get(ieee);
    begin(call, async () => {
        await definition.configure(devices.get(ieee), devices.get(coordinator).endpoints[0], definition);
    });
};

exports.settle = host.settle;
exports.fail = host.fail;
exports.fire = host.fire;
exports.take = host.take;
