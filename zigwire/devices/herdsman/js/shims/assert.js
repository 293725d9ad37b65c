// node:assert, as far as definitions use it.
"use strict";
const equals = (left, right) => JSON.stringify(left) === JSON.stringify(right);
const assert = (condition, message) => {
    if (!condition) throw message instanceof Error ? message : new Error(message ?? "Assertion failed");
};
module.exports = Object.assign(assert, {
    ok: assert,
    default: assert,
    fail: (message) => assert(false, message),
    equal: (left, right, message) => assert(left == right, message),
    strictEqual: (left, right, message) => assert(Object.is(left, right), message),
    notStrictEqual: (left, right, message) => assert(!Object.is(left, right), message),
    deepStrictEqual: (left, right, message) => assert(equals(left, right), message),
});
