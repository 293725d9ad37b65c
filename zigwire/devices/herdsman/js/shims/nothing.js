// Modules of node that definitions name and never use.
"use strict";
module.exports = {};
