// Whether what a definition says of itself has the form that the host relies on: users' converters are not checked.
"use strict";

const isObject = (value) => typeof value === "object" && value !== null;

const isExpose = (one) =>
    isObject(one) &&
    typeof one.type === "string" &&
    (one.features === undefined || (Array.isArray(one.features) && one.features.every(isExpose)));

const NEEDS = {
    enum: (one) => Array.isArray(one.values),
    binary: (one) => "value_on" in one && "value_off" in one,
    list: (one) => isChosen(one.item_type),
    composite: (one) => Array.isArray(one.features) && one.features.every((part) => isChosen(part) && isNamed(part)),
};

const isNamed = (one) => typeof one.name === "string";
const isChosen = (one) => isExpose(one) && (NEEDS[one.type]?.(one) ?? true);

const demand = (items, fits, text) => {
    if (!Array.isArray(items) || !items.every(fits)) throw new TypeError(text);
    return items;
};

exports.exposes = (items) => demand(items, isExpose, "exposes holds something else than exposes");

exports.options = (items) =>
    demand(items, (one) => isChosen(one) && isNamed(one), "options holds something else than options");

/** Return the endpoints that have a name, without those that are no number. */
exports.endpoints = (names) =>
    Object.fromEntries(Object.entries(names ?? {}).filter(([, number]) => Number.isInteger(number)));
