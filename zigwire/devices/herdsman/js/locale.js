// Numbers and dates as people write them, as far as definitions use it: the engine knows no locales and no time zones.
"use strict";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LARGEST = 1e21; // from here on numbers are written with exponents

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** In English, whatever the locale. */
Number.prototype.toLocaleString = function toLocaleString(_locale, {maximumFractionDigits = 3, useGrouping = true} = {}) {
    if (!(Math.abs(this) < LARGEST)) return String(this);
    const [whole, fraction = ""] = this.toFixed(maximumFractionDigits).split(".");
    const places = fraction.replace(/0+$/, "");
    return (useGrouping ? grouped(whole) : whole) + (places && `.${places}`);
};

/** Return when summer time begins or ends in the European Union (directive 2000/84/EC): the last Sunday, 01:00 UTC. */
const change = (year, month) => {
    const last = new Date(Date.UTC(year, month + 1, 0, 1));
    return last.getTime() - last.getUTCDay() * DAY;
};

const inParis = (time) => {
    const year = new Date(time).getUTCFullYear();
    const summer = time >= change(year, 2) && time < change(year, 9);
    return new Date(time + (summer ? 2 : 1) * HOUR);
};

const local = Date.prototype.toLocaleString;

/** In French and in Paris, or as the engine has it: in English, in the machine's zone. */
Date.prototype.toLocaleString = function toLocaleString(locale, options) {
    if (locale !== "fr-FR" || options?.timeZone !== "Europe/Paris" || Number.isNaN(this.getTime())) return local.call(this);
    const [date, time] = inParis(this.getTime()).toISOString().slice(0, -".000Z".length).split("T");
    return `${date.split("-").reverse().join("/")} ${time}`;
};
