// node:util, as far as definitions use it.
"use strict";
exports.TextEncoder = globalThis.TextEncoder;
exports.TextDecoder = globalThis.TextDecoder;
exports.inspect = (value) => JSON.stringify(value);
exports.format = (...parts) => parts.join(" ");
exports.promisify = (callback) => callback;
exports.isDeepStrictEqual = (left, right) => JSON.stringify(left) === JSON.stringify(right);
exports.inherits = (constructor, parent) => Object.setPrototypeOf(constructor.prototype, parent.prototype);
exports.types = {};
