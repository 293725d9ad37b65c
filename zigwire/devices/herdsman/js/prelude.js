// What node has and the engine lacks, as far as definitions use it.
"use strict";
const host = require("./host");
require("./locale");

class Timer {
    constructor(id) {
        this.id = id;
    }
    ref() {
        return this;
    }
    unref() {
        return this;
    }
    [Symbol.toPrimitive]() {
        return this.id;
    }
}

globalThis.global = globalThis;
globalThis.setTimeout = (callback, delay, ...args) => new Timer(host.startTimer(callback, delay, false, args));
globalThis.setInterval = (callback, delay, ...args) => new Timer(host.startTimer(callback, delay, true, args));
globalThis.setImmediate = (callback, ...args) => setTimeout(callback, 0, ...args);
globalThis.clearTimeout = (timer) => host.stopTimer(timer?.id ?? timer);
globalThis.clearInterval = globalThis.clearTimeout;
globalThis.clearImmediate = globalThis.clearTimeout;
globalThis.process = {env: {}, versions: {}, version: "", platform: "", nextTick: (f, ...args) => queueMicrotask(() => f(...args))};
globalThis.performance ??= {now: () => Date.now()};
globalThis.structuredClone ??= (value) => JSON.parse(JSON.stringify(value));
globalThis.console = Object.fromEntries(
    [["log", "debug"], ["debug", "debug"], ["info", "info"], ["warn", "warning"], ["error", "error"]].map(
        ([name, level]) => [name, (...parts) => host.log(level, parts.join(" "))],
    ),
);

globalThis.TextEncoder ??= class TextEncoder {
    encode(text = "") {
        return new Uint8Array(Buffer.from(String(text), "utf8"));
    }
};
globalThis.TextDecoder ??= class TextDecoder {
    decode(bytes = []) {
        return Buffer.from(bytes).toString("utf8");
    }
};

// Definitions sort with comparators that look at one side only: the outcome depends on the algorithm. This is how V8
// sorts up to 63 elements: the first run, turned round when it descends, then binary insertion.
const sortLonger = Array.prototype.sort;
const MOST = 63;

const firstRun = (items, compare) => {
    const descends = compare(items[1], items[0]) < 0;
    let end = 2;
    while (end < items.length && compare(items[end], items[end - 1]) < 0 === descends) end++;
    if (descends) items.splice(0, end, ...items.slice(0, end).reverse());
    return end;
};

const insert = (items, place, compare) => {
    const item = items[place];
    let [low, high] = [0, place];
    while (low < high) {
        const middle = (low + high) >> 1;
        if (compare(item, items[middle]) < 0) high = middle;
        else low = middle + 1;
    }
    items.copyWithin(low + 1, low, place);
    items[low] = item;
};

Object.defineProperty(Array.prototype, "sort", {
    configurable: true,
    writable: true,
    value: function sort(compare) {
        if (compare === undefined || this.length < 2 || this.length > MOST) return sortLonger.call(this, compare);
        const items = this.filter((item) => item !== undefined);
        if (items.length > 1) {
            for (let place = firstRun(items, compare); place < items.length; place++) insert(items, place, compare);
        }
        for (let place = 0; place < this.length; place++) this[place] = items[place];
        return this;
    },
});

globalThis.Buffer = require("buffer").Buffer;
