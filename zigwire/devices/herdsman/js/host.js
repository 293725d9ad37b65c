// What goes out to the host: requests, timers, states, log lines. The host takes them after each call into the engine,
// since nothing here may call it while a time limit is set.
"use strict";

const {stringify} = JSON;
const MOST = 250; // notes of a call
const LONGEST = 2000; // characters of a log line
const LONGEST_DELAY = 2 ** 31 - 1;

const waiting = new Map();
const timers = new Map();
const changed = new Set();
let notes = [];
let last = 0;
let context = {ieee: null, background: true};

/** Say on whose behalf all that follows happens, up to the next call from the host. */
exports.enter = (ieee, background) => {
    context = {ieee, background};
};

/** Note how something ended, or that it went too far: there is always room for that. */
exports.tell = (what) => {
    notes[notes.length] = stringify({ieee: context.ieee, ...what});
};

exports.note = (what) => {
    if (notes.length === MOST) exports.tell({kind: "excess"});
    if (notes.length > MOST) throw new Error("it wants too much to be done at once");
    exports.tell(what);
};

/** Note that a device has something to keep. */
exports.changed = (device) => {
    changed.add(device);
};

/** Ask the host to send something; the promise settles with the answer. */
exports.ask = (what) =>
    new Promise((resolve, reject) => {
        const id = ++last;
        exports.note({...what, id, background: context.background});
        waiting.set(id, {resolve, reject, context});
    });

exports.settle = (id, answer) => {
    const asked = waiting.get(id);
    if (!asked) return;
    waiting.delete(id);
    context = asked.context;
    asked.resolve(answer);
};

exports.fail = (id, text) => {
    const asked = waiting.get(id);
    if (!asked) return;
    waiting.delete(id);
    context = asked.context;
    asked.reject(Object.assign(new Error(text), {request: id}));
};

exports.startTimer = (callback, milliseconds, repeats, args) => {
    const id = ++last;
    const delay = milliseconds >= 1 && milliseconds <= LONGEST_DELAY ? Number(milliseconds) : 1;
    exports.note({kind: "timer", id, delay});
    timers.set(id, {callback, delay, repeats, args, context});
    return id;
};

exports.stopTimer = (id) => {
    if (timers.delete(id)) exports.note({kind: "untimer", id});
};

exports.fire = (id) => {
    const timer = timers.get(id);
    if (!timer) return;
    context = timer.context;
    if (timer.repeats) exports.note({kind: "timer", id, delay: timer.delay});
    else timers.delete(id);
    exports.watched(() => timer.callback(...timer.args), "a timer");
};

/** Do something that nobody waits for; what it throws, or its promise rejects with, is logged. */
exports.watched = (work, what) => {
    const complain = (error) => {
        if (!exports.hoarded(error)) exports.log("error", `${what}: ${error?.message ?? error}`);
    };
    try {
        Promise.resolve(work()).catch(complain);
    } catch (error) {
        complain(error);
    }
};

/** Tell whether an error says that the memory is used up, even for an error; the host is told, too. */
exports.hoarded = (error) => {
    const yes = error === null || (error instanceof InternalError && error.message === "out of memory");
    if (yes) exports.tell({kind: "hoarded"});
    return yes;
};

exports.log = (level, message) => {
    exports.note({kind: "log", level, text: String(typeof message === "function" ? message() : message).slice(0, LONGEST)});
};

/** Forget what a device waits for. */
exports.forget = (ieee) => {
    for (const [id, timer] of timers) if (timer.context.ieee === ieee) exports.stopTimer(id);
    for (const [id, asked] of waiting) if (asked.context.ieee === ieee) waiting.delete(id);
};

/** Note a state that comes about by itself. */
exports.publish = (ieee, state) => {
    if (typeof state !== "object" || state === null || Array.isArray(state)) throw new TypeError("a state to publish is no object");
    exports.note({kind: "publish", ieee, state});
};

/** Return as JSON, and forget, what the host is to do; an empty text for nothing. */
exports.take = () => {
    for (const {ieeeAddr} of changed) exports.tell({kind: "keep", ieee: ieeeAddr});
    changed.clear();
    if (!notes.length) return "";
    const text = `[${notes.join(",")}]`;
    notes = [];
    return text;
};
