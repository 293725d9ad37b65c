// Searches the table of devices: all words of the search must be in a row; `#v=` asks for one vendor, `#s=` for words.
"use strict";
(() => {
    const input = document.getElementById("device-search");
    const count = document.getElementById("device-count");
    const VENDOR = 1;
    const rows = [...document.querySelectorAll("table tbody tr")].map((row) => ({
        row,
        vendor: row.cells[VENDOR].textContent.trim().toLowerCase(),
        text: row.textContent.toLowerCase(),
    }));

    const asked = () => new URLSearchParams(location.hash.slice(1));

    const show = () => {
        const vendor = (asked().get("v") ?? "").toLowerCase();
        const words = input.value.toLowerCase().split(/\s+/);
        let shown = 0;
        for (const {row, vendor: own, text} of rows) {
            row.hidden = (vendor && own !== vendor) || !words.every((word) => text.includes(word));
            shown += row.hidden ? 0 : 1;
        }
        count.textContent = shown === rows.length ? "" : `${shown} of ${rows.length} devices`;
    };

    const follow = () => {
        input.value = asked().get("s") ?? "";
        show();
    };

    input.hidden = false;
    input.addEventListener("input", show);
    window.addEventListener("hashchange", follow);
    follow();
})();
