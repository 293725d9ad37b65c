// What definitions are, for comparing versions of the library and for reading about devices.
"use strict";
const library = require("zigbee-herdsman-converters");
const {moduleOf, namesOf} = require("./names");

const exposed = ({exposes}) => (typeof exposes === "function" ? exposes({isDummyDevice: true}, {}) : exposes);

const keyOf = (expose) => expose.property ?? expose.features?.map(keyOf).join(" ") ?? expose.type;

const keyed = (items, key) => Object.fromEntries(items.map((item) => [key(item), JSON.stringify(item)]));

/** Return what a function gives, or what it throws: some need a real device. */
const tried = (work) => {
    try {
        return work() ?? {};
    } catch (error) {
        return {error: String(error)};
    }
};

const text = (value) => JSON.stringify(value, (_, part) => (part instanceof RegExp ? String(part) : part));

const models = ({zigbeeModel, fingerprint, whiteLabel}) =>
    Object.fromEntries([...(zigbeeModel ?? []), ...(fingerprint ?? []), ...(whiteLabel ?? [])].map((one) => [text(one), ""]));

const setUp = ({configure, extend}) => {
    const functions = [configure, ...(extend ?? []).flatMap((one) => one.configure ?? [])].filter(Boolean);
    return functions.length ? {functions: functions.map(String).join("\n")} : {};
};

const described = (definition) => {
    const prepared = library.prepareDefinition(definition);
    return {
        names: namesOf(definition),
        models: models(definition),
        exposes: keyed(exposed(prepared), keyOf),
        options: keyed(prepared.options, (option) => option.name),
        endpoints: tried(() => prepared.endpoint?.({})),
        configure: setUp(definition),
    };
};

/** Return as JSON what a file defines. This may take longer than calls are allowed to. */
exports.inventory = (file) => text(moduleOf(file).definitions.map(described));

const portrayed = (definition) => {
    const prepared = library.prepareDefinition(definition);
    const {vendor, model, description, ota, options, toZigbee} = prepared;
    return {
        vendor,
        model,
        description,
        ota: Boolean(ota),
        exposes: exposed(prepared),
        options,
        keys: toZigbee.flatMap(({key}) => key ?? []),
        labels: definition.whiteLabel ?? [],
    };
};

/** Return as JSON what the definitions of a file say of their devices. This may take longer than calls are allowed to. */
exports.portraits = (file) => text(moduleOf(file).definitions.map(portrayed));
