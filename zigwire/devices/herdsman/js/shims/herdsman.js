// zigbee-herdsman, as far as definitions use it: the tables and codecs of Zigbee, without adapters and controller.
"use strict";
exports.ZSpec = require("zigbee-herdsman/dist/zspec");
exports.Zcl = require("zigbee-herdsman/dist/zspec/zcl");
exports.setLogger = require("zigbee-herdsman/dist/utils/logger").setLogger;
exports.getTimeClusterAttributes = require("../time").attributes;
