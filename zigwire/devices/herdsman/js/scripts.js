// The user's own converters, made for Zigbee2MQTT: CommonJS scripts that export definitions.
"use strict";
const library = require("zigbee-herdsman-converters");
const host = require("./host");
const {namesOf} = require("./names");

const modules = new Set();

/** Load what a script requires: calls that run scripts have too little time for it, and can't ask the host. */
exports.prefetch = (names) => {
    for (const name of JSON.parse(names)) {
        if (name.startsWith(".") || name.startsWith("/") || name.includes("..")) continue;
        load("", name);
        modules.add(name);
    }
};

const lend = (name) => {
    if (modules.has(name)) return load("", name);
    throw new Error(`'${name}' can't be required: modules of zigbee-herdsman-converters can, by a literal name`);
};

const compiled = (code) => (0, eval)(`(function (require, module, exports, __filename, __dirname) {${code}\n})`);

const ran = (name, code) => {
    const module = {exports: {}};
    compiled(code)(lend, module, module.exports, name, "");
    return module.exports;
};

/** Return the line of the script that an error comes from: that of the frame above ours, or of the syntax error. */
const lineOf = (error) => {
    const frames = (error?.stack ?? "").split("\n");
    const own = frames.findIndex((frame) => /\bat (ran|eval) /.test(frame));
    const match = own > 0 ? frames[own - 1].match(/:(\d+):\d+\)?$/) : null;
    return match ? Number(match[1]) : undefined;
};

const TEXTS = ["model", "vendor", "description"];
const LISTS = ["zigbeeModel", "fingerprint", "whiteLabel", "extend", "fromZigbee", "toZigbee"];

const demand = (holds, text) => {
    if (!holds) throw new Error(text);
};

const checked = (name, definition) => {
    demand(typeof definition === "object" && definition !== null, "what it exports is no definition");
    for (const key of TEXTS) demand(typeof definition[key] === "string", `the definition's ${key} is no text`);
    for (const key of LISTS) demand(Array.isArray(definition[key] ?? []), `the definition's ${key} is no array`);
    const {zigbeeModel, fingerprint} = definition;
    demand((zigbeeModel ?? []).every((one) => typeof one === "string"), "zigbeeModel holds something else than texts");
    demand((fingerprint ?? []).every((one) => one instanceof Object), "fingerprint holds something else than objects");
    const converts = definition.fromZigbee && definition.toZigbee;
    demand(definition.extend || converts, "the definition has neither extend nor fromZigbee and toZigbee");
    definition.externalConverterName = name;
    library.prepareDefinition(definition);
};

const taken = (name, definitions) => {
    library.removeExternalDefinitions(name);
    try {
        definitions.forEach(library.addExternalDefinition);
    } catch (error) {
        library.removeExternalDefinitions(name);
        throw error;
    }
};

/** Run a script and take up its definitions; return JSON with their names, or the fault and its line. */
exports.addScript = (name, code, byDefault) => {
    host.enter(null, true);
    try {
        const exported = ran(name, code);
        const definitions = [byDefault ? exported.default : exported].flat();
        definitions.forEach((definition) => checked(name, definition));
        taken(name, definitions);
        return JSON.stringify({names: definitions.flatMap(namesOf)});
    } catch (error) {
        return JSON.stringify({fault: String(error?.message ?? error), line: lineOf(error)});
    }
};

exports.removeScript = (name) => library.removeExternalDefinitions(name);

const plain = (model) => model.replace(/\0(.|\n)*$/g, "").trim().toLowerCase();

/** Whether a script may know a device with this model id. */
exports.claimed = (model) =>
    library.externalDefinitions.some(
        ({zigbeeModel, fingerprint}) =>
            zigbeeModel?.some((one) => plain(one) === plain(model)) ||
            fingerprint?.some(({modelID}) => !modelID || modelID === model),
    );
