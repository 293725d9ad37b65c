// Definitions by name, `Vendor/Model`, under which a user chooses one; white labels have names too.
"use strict";
const library = require("zigbee-herdsman-converters");

const nameOf = ({vendor, model}) => `${vendor}/${model}`;
const labelsOf = ({vendor, whiteLabel}) => (whiteLabel ?? []).map((label) => ({vendor, ...label}));

exports.namesOf = (definition) => [definition, ...labelsOf(definition)].map(nameOf);

const moduleOf = (file) =>
    load(load.find("", "zigbee-herdsman-converters"), `./devices/${file.slice(0, -".js".length)}`);

exports.moduleOf = moduleOf;

/** Load files that define devices. This may take longer than calls are allowed to. */
exports.preloadFiles = (files) => {
    JSON.parse(files).forEach(moduleOf);
};

const relabelled = (definition, {vendor, model, description}) => ({
    ...definition,
    vendor,
    model,
    description: description ?? definition.description,
});

/** Return the definition with a name, of a script or of these files, ready for use; undefined when there is none. */
const withName = (name, files) => {
    const wanted = name.toLowerCase();
    const is = (one) => nameOf(one).toLowerCase() === wanted;
    for (const definition of [...library.externalDefinitions, ...files.flatMap((file) => moduleOf(file).definitions)]) {
        if (is(definition)) return library.prepareDefinition(definition);
        const label = labelsOf(definition).find(is);
        if (label) return library.prepareDefinition(relabelled(definition, label));
    }
    return undefined;
};
exports.withName = withName;

exports.isName = (name, files) => Boolean(withName(name, JSON.parse(files)));
