// Loads CommonJS modules. The host finds and reads them, once; a module that fails to load can be asked for again.
(() => {
    "use strict";
    const loaded = new Map();
    const paths = new Map();
    const {hostFind, hostRead} = globalThis;
    delete globalThis.hostFind;
    delete globalThis.hostRead;

    const find = (base, name) => {
        const key = `${base}\n${name}`;
        if (!paths.has(key)) paths.set(key, hostFind(base, name));
        return paths.get(key);
    };

    const evaluate = (path, module) => {
        const source = hostRead(path);
        if (path.endsWith(".json")) {
            module.exports = JSON.parse(source);
            return;
        }
        const body = (0, eval)(`(function (require, module, exports, __filename, __dirname) {${source}\n})`);
        body((name) => load(path, name), module, module.exports, path, "");
    };

    const load = (base, name) => {
        const path = find(base, name);
        if (!path) throw new Error(`There is no module '${name}' (asked for by ${base})`);
        let module = loaded.get(path);
        if (module) return module.exports;
        module = {exports: {}};
        loaded.set(path, module);
        try {
            evaluate(path, module);
        } catch (error) {
            loaded.delete(path);
            throw error;
        }
        return module.exports;
    };

    globalThis.load = Object.assign(load, {find});
})();
