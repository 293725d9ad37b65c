// Devices, endpoints and groups as definitions know them. What is asked of them goes to the host; what they should keep
// is told to it. The names of the classes are part of what definitions rely on.
"use strict";
const {Zcl, ZSpec} = require("zigbee-herdsman");
const frames = require("./frames");
const host = require("./host");

const {GLOBAL, SPECIFIC} = Zcl.FrameType;
const {CLIENT_TO_SERVER, SERVER_TO_CLIENT} = Zcl.Direction;
const BASIC = {
    modelID: "modelId",
    manufacturerName: "manufacturerName",
    applicationVersion: "appVersion",
    stackVersion: "stackVersion",
    zclVersion: "zclVersion",
    hardwareVersion: "hwVersion",
    dateCode: "dateCode",
    softwareBuildID: "swBuildId",
};
const GREEN_POWER_ENDPOINT = 242;
const NEVER = 0xffff;
const UNKNOWN = "Unknown";

const devices = new Map();
const groups = new Map();

const complainOf = (cluster) => (key) => host.log("warning", `Attribute ${key} is unknown in cluster ${cluster.name}`);

class Endpoint {
    #device;
    #binds;
    #reportings;

    constructor(device, facts) {
        this.#device = device;
        this.ID = facts.ID;
        this.deviceIeeeAddress = device.ieeeAddr;
        this.deviceNetworkAddress = device.networkAddress;
        this.update(facts);
        this.clusters = facts.clusters ?? {};
    }

    update(facts) {
        this.profileID = facts.profileID;
        this.deviceID = facts.deviceID;
        this.inputClusters = facts.inputClusters;
        this.outputClusters = facts.outputClusters;
        this.#binds = facts.binds ?? [];
        this.#reportings = facts.reportings ?? [];
        this.meta = facts.meta ?? {};
    }

    kept() {
        return {meta: this.meta, binds: this.#binds, reportings: this.#reportings, clusters: this.clusters};
    }

    get binds() {
        return this.#binds
            .map((bind) => ({
                cluster: this.getCluster(bind.cluster),
                target: bind.group === undefined ? devices.get(bind.ieee)?.getEndpoint(bind.endpoint) : groups.get(bind.group),
            }))
            .filter((bind) => bind.target);
    }

    get configuredReportings() {
        return this.#reportings.map((entry, index) => {
            const cluster = this.getCluster(entry.cluster, undefined, entry.manufacturer);
            const unknown = {ID: entry.attribute, name: `attr${index}`, type: Zcl.DataType.UNKNOWN};
            return {
                cluster,
                attribute: Zcl.Utils.getClusterAttribute(cluster, entry.attribute, entry.manufacturer) ?? unknown,
                minimumReportInterval: entry.minimum,
                maximumReportInterval: entry.maximum,
                reportableChange: entry.change,
            };
        });
    }

    getDevice() {
        return this.#device;
    }

    getCluster(key, device = this.#device, manufacturer = undefined) {
        return Zcl.Utils.getCluster(key, manufacturer ?? device.manufacturerID, device.customClusters);
    }

    supportsInputCluster(key) {
        return this.inputClusters.includes(this.getCluster(key).ID);
    }

    supportsOutputCluster(key) {
        return this.outputClusters.includes(this.getCluster(key).ID);
    }

    getInputClusters() {
        return this.inputClusters.map((id) => this.getCluster(id));
    }

    getOutputClusters() {
        return this.outputClusters.map((id) => this.getCluster(id));
    }

    getClusterAttributeValue(clusterKey, key) {
        const cluster = this.getCluster(clusterKey);
        const known = Zcl.Utils.getClusterAttribute(cluster, key, undefined);
        return known ? this.clusters[cluster.name]?.attributes?.[known.name] : undefined;
    }

    saveClusterAttributeKeyValue(clusterKey, values) {
        const {name} = this.getCluster(clusterKey);
        this.clusters[name] ??= {attributes: {}};
        Object.assign((this.clusters[name].attributes ??= {}), values);
    }

    save() {
        this.#device.save();
    }

    hasPendingRequests() {
        return false;
    }

    hasBind(cluster, target) {
        return this.binds.some((bind) => bind.cluster.ID === cluster && bind.target === target);
    }

    addBinding(clusterKey, target) {
        this.#noteBind(this.getCluster(clusterKey).ID, typeof target === "number" ? Group.of(target) : target);
    }

    async bind(clusterKey, target) {
        const cluster = this.getCluster(clusterKey).ID;
        const to = typeof target === "number" ? Group.of(target) : target;
        await host.ask({kind: "bind", endpoint: this.ID, cluster, target: address(to)});
        this.#noteBind(cluster, to);
    }

    /** End a bind, also one that nobody here knows of: the device may have it from before. */
    async unbind(clusterKey, target) {
        const cluster = this.getCluster(clusterKey).ID;
        const to = typeof target === "number" ? Group.of(target) : target;
        await host.ask({kind: "unbind", endpoint: this.ID, cluster, target: address(to)});
        this.#binds = this.#binds.filter((bind) => !(bind.cluster === cluster && same(bind, address(to))));
        this.save();
    }

    async read(clusterKey, attributes, options) {
        const [cluster, full] = this.#prepared(clusterKey, attributes, options);
        const records = frames.asked(cluster, attributes, options?.manufacturerCode, complainOf(cluster));
        const answer = await this.#general(cluster, "read", records, full, true);
        return answer ? frames.values(answer, this.#device) : {};
    }

    async write(clusterKey, attributes, options) {
        const [cluster, full] = this.#prepared(clusterKey, Object.keys(attributes), options);
        const records = frames.records(cluster, attributes, options?.manufacturerCode, (attrId, dataType, value, known) => ({
            attrId,
            dataType,
            attrData: known ? Zcl.Utils.processAttributeWrite(known, value) : value,
        }));
        await this.#general(cluster, full.writeUndiv ? "writeUndiv" : "write", records, full, true);
    }

    async writeStructured(clusterKey, records, options) {
        await this.zclCommand(clusterKey, "writeStructured", records, options);
    }

    async report(clusterKey, attributes, options) {
        const cluster = this.getCluster(clusterKey, undefined, options?.manufacturerCode);
        const make = (attrId, dataType, attrData) => ({attrId, dataType, attrData});
        const records = frames.records(cluster, attributes, options?.manufacturerCode, make);
        await this.zclCommand(cluster, "report", records, options);
    }

    async readResponse(clusterKey, transactionSequenceNumber, attributes, options) {
        const cluster = this.getCluster(clusterKey, undefined, options?.manufacturerCode);
        const records = frames.records(cluster, attributes, options?.manufacturerCode, (attrId, dataType, attrData) =>
            attrData === undefined
                ? {attrId, status: Zcl.Status.UNSUPPORTED_ATTRIBUTE}
                : {attrId, dataType, attrData, status: Zcl.Status.SUCCESS},
        );
        const reply = {direction: SERVER_TO_CLIENT, disableDefaultResponse: true, ...options, transactionSequenceNumber};
        await this.zclCommand(cluster, "readRsp", records, reply);
    }

    async writeResponse(clusterKey, transactionSequenceNumber, attributes, options) {
        const cluster = this.getCluster(clusterKey, undefined, options?.manufacturerCode);
        const records = frames.records(cluster, attributes, options?.manufacturerCode, (attrId, _type, value, known, given) => {
            const status = (known ? value : given).status;
            if (status === undefined) throw new Error(`The response to a write needs a status for attribute ${attrId}`);
            return {attrId, status};
        });
        const reply = {direction: SERVER_TO_CLIENT, ...options, transactionSequenceNumber};
        await this.zclCommand(cluster, "writeRsp", records, reply);
    }

    async defaultResponse(commandId, status, clusterId, transactionSequenceNumber, options) {
        const reply = {direction: SERVER_TO_CLIENT, ...options, transactionSequenceNumber};
        await this.zclCommand(clusterId, "defaultRsp", {cmdId: commandId, statusCode: status}, reply);
    }

    async configureReporting(clusterKey, items, options) {
        const keys = items.map((item) => item.attribute);
        const [cluster, full] = this.#prepared(clusterKey, keys, options);
        const records = items.map((item) => {
            const known =
                typeof item.attribute === "object"
                    ? item.attribute
                    : Zcl.Utils.getClusterAttribute(cluster, item.attribute, full.manufacturerCode);
            if (!known) throw new Error(`Attribute '${item.attribute}' is unknown in cluster '${cluster.name}'`);
            return {
                direction: CLIENT_TO_SERVER,
                attrId: known.ID,
                dataType: known.type,
                minRepIntval: item.minimumReportInterval,
                maxRepIntval: item.maximumReportInterval,
                repChange: item.reportableChange,
            };
        });
        await this.#general(cluster, "configReport", records, full, true);
        for (const record of records) this.#noteReporting(cluster.ID, record, full.manufacturerCode);
        this.save();
    }

    async readReportingConfig(clusterKey, items, options) {
        const keys = items.map((item) => item.attribute);
        const [cluster, full] = this.#prepared(clusterKey, keys, options);
        const records = [];
        for (const {attribute, direction = CLIENT_TO_SERVER} of items) {
            const known =
                typeof attribute === "object"
                    ? attribute
                    : Zcl.Utils.getClusterAttribute(cluster, attribute, full.manufacturerCode);
            if (known) records.push({direction, attrId: known.ID});
            else complainOf(cluster)(attribute);
        }
        const answer = await this.#general(cluster, "readReportConfig", records, full, false);
        if (!answer) throw new Error("The device did not tell its reporting");
        for (const record of answer.payload) {
            if (record.direction !== SERVER_TO_CLIENT) this.#noteReporting(cluster.ID, record, full.manufacturerCode);
        }
        this.save();
        return answer.payload;
    }

    async command(clusterKey, command, payload, options) {
        const answer = await this.zclCommand(clusterKey, command, payload, options, undefined, false, SPECIFIC);
        return answer?.payload;
    }

    async commandResponse(clusterKey, commandKey, payload, options, transactionSequenceNumber) {
        const cluster = this.getCluster(clusterKey, undefined, options?.manufacturerCode);
        const command = Zcl.Utils.getClusterCommandResponse(cluster, commandKey);
        const full = this.#complete(options, true, SERVER_TO_CLIENT, cluster.manufacturerCode);
        full.transactionSequenceNumber = transactionSequenceNumber;
        const custom = this.#device.customClusters;
        const frame = frames.build(SPECIFIC, cluster, command, payload, full, custom);
        if (this.ID === GREEN_POWER_ENDPOINT) {
            const to = {endpoint: GREEN_POWER_ENDPOINT, address: ZSpec.BroadcastAddress.RX_ON_WHEN_IDLE};
            await host.ask({kind: "broadcast", ...to, cluster: cluster.ID, frame});
            return;
        }
        await this.#send(cluster, frame, full, false);
    }

    async zclCommand(clusterKey, commandKey, payload, options, _shown, checks = false, frameType = GLOBAL) {
        const cluster =
            typeof clusterKey === "object" ? clusterKey : this.getCluster(clusterKey, undefined, options?.manufacturerCode);
        const command = frames.command(frameType, cluster, commandKey, CLIENT_TO_SERVER);
        const answered = frameType === GLOBAL || command.response !== undefined;
        const full = this.#complete(options, answered, CLIENT_TO_SERVER, cluster.manufacturerCode);
        const frame = frames.build(frameType, cluster, command, payload, full, this.#device.customClusters);
        const bytes = await this.#send(cluster, frame, full, full.direction === CLIENT_TO_SERVER);
        if (!bytes) return undefined;
        const answer = frames.parse(cluster.ID, bytes, this.#device.customClusters);
        if (answer.command.name === "readRsp" && answer.header.isGlobal) this.#remember(answer);
        if (checks && !full.disableResponse) frames.check(answer.payload);
        return answer;
    }

    async zclCommandBroadcast(endpoint, destination, clusterKey, commandKey, payload, options) {
        const cluster = this.getCluster(clusterKey, undefined, options?.manufacturerCode);
        const command = Zcl.Utils.getClusterCommand(cluster, commandKey);
        const full = this.#complete(options, true, CLIENT_TO_SERVER, cluster.manufacturerCode);
        full.disableDefaultResponse = true;
        const frame = frames.build(SPECIFIC, cluster, command, payload, full, this.#device.customClusters);
        await host.ask({kind: "broadcast", endpoint, address: destination, cluster: cluster.ID, frame});
    }

    async addToGroup(group) {
        const answer = await this.zclCommand("genGroups", "add", {groupid: group.groupID, groupname: ""}, undefined, undefined, true, SPECIFIC);
        if (answer?.payload.status) throw new Zcl.StatusError(answer.payload.status);
        group.addMember(this);
    }

    async removeFromGroup(group) {
        const groupid = group instanceof Group ? group.groupID : group;
        const answer = await this.zclCommand("genGroups", "remove", {groupid}, undefined, undefined, true, SPECIFIC);
        const status = answer?.payload.status;
        if (status && status !== Zcl.Status.NOT_FOUND) throw new Zcl.StatusError(status);
        if (group instanceof Group) group.removeMember(this);
    }

    /** Take values that the device told into the cache, those of genBasic as the device's own facts too. */
    remember(clusterKey, values) {
        if (this.getCluster(clusterKey).name === "genBasic") this.#device.updateGenBasic(values);
        this.saveClusterAttributeKeyValue(clusterKey, values);
    }

    #remember(answer) {
        this.remember(answer.cluster.ID, frames.values(answer, this.#device));
    }

    #complete(options, disableDefaultResponse, direction, manufacturerCode) {
        return {
            disableResponse: false,
            disableDefaultResponse,
            direction,
            reservedBits: 0,
            manufacturerCode,
            writeUndiv: false,
            ...options,
        };
    }

    #prepared(clusterKey, keys, options) {
        const cluster = this.getCluster(clusterKey, undefined, options?.manufacturerCode);
        const full = this.#complete(options, true, CLIENT_TO_SERVER, cluster.manufacturerCode);
        full.manufacturerCode = frames.sharedManufacturer(cluster, keys, full.manufacturerCode);
        return [cluster, full];
    }

    #general(cluster, command, records, options, checks) {
        return this.zclCommand(cluster, command, records, options, undefined, checks);
    }

    async #send(cluster, frame, options, answered) {
        const answer = await host.ask({
            kind: "request",
            endpoint: this.ID,
            cluster: cluster.ID,
            frame,
            numbered: options.transactionSequenceNumber != null,
            answered: answered && !options.disableResponse,
            timeout: options.timeout,
            source: options.srcEndpoint,
        });
        return answer && Buffer.from(answer, "hex");
    }

    #noteBind(cluster, target) {
        if (this.#binds.some((bind) => bind.cluster === cluster && same(bind, address(target)))) return;
        this.#binds = [...this.#binds, {cluster, ...address(target)}];
        this.save();
    }

    #noteReporting(cluster, record, manufacturer) {
        const others = this.#reportings.filter(
            (entry) =>
                entry.cluster !== cluster ||
                entry.attribute !== record.attrId ||
                (entry.manufacturer ?? undefined) !== (manufacturer ?? undefined),
        );
        const off = record.maxRepIntval === NEVER || (record.status !== undefined && record.status !== Zcl.Status.SUCCESS);
        const entry = {
            cluster,
            attribute: record.attrId,
            minimum: record.minRepIntval,
            maximum: record.maxRepIntval,
            change: record.repChange,
            manufacturer,
        };
        this.#reportings = off ? others : [...others, entry];
    }
}

class Device {
    #basic = {};
    #saved = false;
    #fresh = false;

    constructor(facts) {
        this.ieeeAddr = facts.ieeeAddr;
        this.customClusters = {};
        this.skipDefaultResponse = false;
        this.customReadResponse = undefined;
        this.endpoints = [];
        this.isDeleted = false;
        this.update(facts);
    }

    /** Take over what the host knows. What the device told of itself stays in the endpoints' caches. */
    update(facts) {
        for (const key of ["networkAddress", "type", "manufacturerID", "interviewState", "checkinInterval"]) {
            this[key] = facts[key] ?? undefined;
        }
        this.lastSeen = facts.lastSeen ?? undefined;
        this.linkquality = facts.linkquality ?? undefined;
        for (const [name, attribute] of Object.entries(BASIC)) this.#basic[attribute] = facts[name] ?? undefined;
        this.powerSource = facts.powerSource ?? UNKNOWN;
        this.meta = facts.meta ?? {};
        this.endpoints = facts.endpoints.map((one) => {
            const known = this.getEndpoint(one.ID);
            known?.update(one);
            return known ?? new Endpoint(this, one);
        });
        for (const endpoint of this.endpoints) endpoint.deviceNetworkAddress = this.networkAddress;
    }

    kept() {
        const [saved, fresh] = [this.#saved, this.#fresh];
        this.#saved = this.#fresh = false;
        const endpoints = Object.fromEntries(this.endpoints.map((endpoint) => [endpoint.ID, endpoint.kept()]));
        const basic = Object.fromEntries(Object.keys(BASIC).map((name) => [name, this[name]]));
        const customClusters = fresh ? this.customClusters : undefined;
        const nature = {type: this.type, powerSource: this.powerSource === UNKNOWN ? undefined : this.powerSource};
        return {saved, meta: this.meta, checkinInterval: this.checkinInterval, customClusters, basic, nature, endpoints};
    }

    get genBasic() {
        return this.#basic;
    }

    get powerSource() {
        return this.#basic.powerSource ? Zcl.POWER_SOURCES[this.#basic.powerSource] : undefined;
    }

    set powerSource(source) {
        if (typeof source === "number") {
            this.#basic.powerSource = source & 0x7f;
            return;
        }
        const found = Object.entries(Zcl.POWER_SOURCES).find(([, name]) => name === source);
        if (found) this.#basic.powerSource = Number(found[0]);
    }

    get interviewCompleted() {
        return this.interviewState === "SUCCESSFUL";
    }

    getEndpoint(id) {
        return this.endpoints.find((endpoint) => endpoint.ID === id);
    }

    getEndpointByDeviceType(type) {
        const id = Zcl.ENDPOINT_DEVICE_TYPE[type];
        return this.endpoints.find((endpoint) => endpoint.deviceID === id);
    }

    createEndpoint(id) {
        if (this.getEndpoint(id)) throw new Error(`Device '${this.ieeeAddr}' has an endpoint ${id} already`);
        const endpoint = new Endpoint(this, {ID: id, inputClusters: [], outputClusters: []});
        this.endpoints.push(endpoint);
        return endpoint;
    }

    addCustomCluster(name, cluster) {
        const {touchlink, greenPower} = Zcl.Clusters;
        if (cluster.ID === touchlink.ID || cluster.ID === greenPower.ID) {
            throw new Error(`Cluster ${cluster.ID} can't be replaced: it belongs to the network`);
        }
        const known = Zcl.Utils.isClusterName(name) ? (this.customClusters[name] ?? Zcl.Clusters[name]) : undefined;
        if (known && known.ID !== cluster.ID) {
            throw new Error(`Cluster '${name}' has the number ${known.ID}, not ${cluster.ID}`);
        }
        const merged = known && {
            name: cluster.name,
            ID: cluster.ID,
            manufacturerCode: cluster.manufacturerCode,
            attributes: {...known.attributes, ...cluster.attributes},
            commands: {...known.commands, ...cluster.commands},
            commandsResponse: {...known.commandsResponse, ...cluster.commandsResponse},
        };
        this.customClusters[name] = merged ?? cluster;
        this.#fresh = true;
        host.changed(this);
    }

    updateGenBasic(values) {
        Object.assign(this.#basic, values);
        this.save();
    }

    hasPendingRequests() {
        return false;
    }

    save() {
        this.#saved = true;
        host.changed(this);
    }
}

for (const [name, attribute] of Object.entries(BASIC)) {
    Object.defineProperty(Device.prototype, name, {
        get() {
            return this.genBasic[attribute];
        },
        set(value) {
            this.genBasic[attribute] = value;
        },
    });
}

class Group {
    #members = [];

    constructor(id) {
        this.groupID = id;
        this.meta = {};
    }

    static of(id) {
        if (!groups.has(id)) groups.set(id, new Group(id));
        return groups.get(id);
    }

    update(meta, members) {
        this.meta = meta;
        this.#members = members;
    }

    get members() {
        return this.#members.filter((endpoint) => !endpoint.getDevice().isDeleted);
    }

    hasMember(endpoint) {
        return this.#members.includes(endpoint);
    }

    addMember(endpoint) {
        if (!this.hasMember(endpoint)) this.#members.push(endpoint);
    }

    removeMember(endpoint) {
        this.#members = this.#members.filter((member) => member !== endpoint);
    }

    save() {}

    async write(clusterKey, attributes, options) {
        const [cluster, full] = this.#prepared(clusterKey, options);
        const records = frames.records(cluster, attributes, options?.manufacturerCode, (attrId, dataType, value, known) => ({
            attrId,
            dataType,
            attrData: known ? Zcl.Utils.processAttributeWrite(known, value) : value,
        }));
        await this.#send(GLOBAL, cluster, "write", records, full);
    }

    async read(clusterKey, attributes, options) {
        const [cluster, full] = this.#prepared(clusterKey, options);
        const records = frames.asked(cluster, attributes, options?.manufacturerCode, complainOf(cluster));
        await this.#send(GLOBAL, cluster, "read", records, full);
    }

    async command(clusterKey, command, payload, options) {
        const [cluster, full] = this.#prepared(clusterKey, options);
        await this.#send(SPECIFIC, cluster, command, payload, full);
    }

    /** Custom clusters that all members have. */
    get customClusters() {
        const [first, ...others] = this.members.map((endpoint) => endpoint.getDevice().customClusters);
        const shared = Object.entries(first ?? {}).filter(([name]) => others.every((clusters) => name in clusters));
        return Object.fromEntries(shared);
    }

    #prepared(clusterKey, options) {
        const cluster = Zcl.Utils.getCluster(clusterKey, options?.manufacturerCode, this.customClusters);
        const usual = {direction: CLIENT_TO_SERVER, reservedBits: 0, manufacturerCode: cluster.manufacturerCode};
        return [cluster, {...usual, ...options, disableDefaultResponse: true}];
    }

    async #send(frameType, cluster, key, payload, options) {
        const command = frames.command(frameType, cluster, key, options.direction);
        const frame = frames.build(frameType, cluster, command, payload, options, this.customClusters);
        await host.ask({kind: "multicast", group: this.groupID, cluster: cluster.ID, frame, source: options.srcEndpoint});
    }
}

const address = (target) =>
    target instanceof Group ? {group: target.groupID} : {ieee: target.deviceIeeeAddress, endpoint: target.ID};

const same = (bind, target) =>
    bind.group === target.group && bind.ieee === target.ieee && bind.endpoint === target.endpoint;

module.exports = {Device, Endpoint, Group, devices, groups};
