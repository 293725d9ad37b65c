// The attributes of genTime (ZCL 12.2.2). The engine knows no time zones: the host says what holds for the day.
"use strict";
const EPOCH = Date.UTC(2000, 0, 1) / 1000;
const MASTER_OF_TIME_AND_ZONE = 0b1101;
let zone = {timeZone: 0, dstStart: 0xffffffff, dstEnd: 0xffffffff, dstShift: 0, validUntilTime: 0};

exports.setZone = (current) => {
    zone = current;
};

exports.attributes = () => {
    const time = Math.round(Date.now() / 1000 - EPOCH);
    const standardTime = time + zone.timeZone;
    const summer = time >= zone.dstStart && time <= zone.dstEnd;
    const localTime = standardTime + (summer ? zone.dstShift : 0);
    return {...zone, time, timeStatus: MASTER_OF_TIME_AND_ZONE, standardTime, localTime, lastSetTime: time};
};
