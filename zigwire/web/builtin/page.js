// Zigwire's small page: devices with their state and switches, joins, and the log, over the WebSocket of the frontends.

const $ = (selector) => document.querySelector(selector);
const KEPT = "zigwire_token"; // in the browser's storage
const UNAUTHORISED = 4401;
const MOST_LINES = 200;
const LONGEST_PERMIT = 254; // seconds
const STATE = 1; // bits of an expose's access
const SET = 2;

const devices = new Map(); // by friendly name
const states = new Map();
const cards = new Map(); // by IEEE address
let socket;
let permitEnd = 0;
let transaction = 0;
let pause = 500; // milliseconds before the next attempt to connect

function connect() {
  const url = new URL("api", location.href.split(/[?#]/)[0]);
  url.protocol = url.protocol.replace("http", "ws");
  const token = localStorage.getItem(KEPT);
  if (token) url.searchParams.set("token", token);
  socket = new WebSocket(url);
  socket.addEventListener("open", () => {
    pause = 500;
    $("#door").hidden = true;
    $("#permit").disabled = false;
    say("Connected");
  });
  socket.addEventListener("message", (event) => {
    const { topic, payload } = JSON.parse(event.data);
    receive(topic, payload);
  });
  socket.addEventListener("close", (event) => {
    $("#permit").disabled = true;
    if (event.code === UNAUTHORISED) {
      askForToken(Boolean(token));
      return;
    }
    say("Zigwire does not answer", "bad");
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, 10_000);
  });
}

function say(text, kind = "faint") {
  $("#state").className = kind;
  $("#state").textContent = text;
}

function askForToken(wrong) {
  say("Locked", "warn");
  $("#door").hidden = false;
  $("#door output").textContent = wrong ? "This is not the token." : "";
  $("#door input").focus();
}

function send(topic, payload) {
  socket.send(JSON.stringify({ topic, payload }));
}

function receive(topic, payload) {
  switch (topic) {
    case "bridge/devices":
      showDevices(payload);
      return;
    case "bridge/info":
      permitEnd = payload.permit_join ? (payload.permit_join_end ?? 0) : 0;
      showPermit();
      return;
    case "bridge/state":
      say(payload.state === "online" ? "Online" : "Offline", payload.state === "online" ? "good" : "bad");
      return;
    case "bridge/logging":
      log(payload);
      return;
  }
  if (topic.startsWith("bridge/response/") && payload.status === "error") {
    log({ level: "error", message: payload.error });
  } else if (topic.endsWith("/availability")) {
    const card = cardOf(topic.slice(0, -"/availability".length));
    if (card) card.availability.textContent = payload.state === "online" ? "" : "offline";
  } else if (!topic.startsWith("bridge/") && payload && typeof payload === "object") {
    states.set(topic, { ...states.get(topic), ...payload });
    showState(topic);
  }
}

function cardOf(name) {
  const device = devices.get(name);
  return device && cards.get(device.ieee_address);
}

function showDevices(list) {
  devices.clear();
  const here = list.filter((device) => device.type !== "Coordinator");
  for (const device of here) devices.set(device.friendly_name, device);
  const known = new Set(here.map((device) => device.ieee_address));
  for (const [ieee, card] of cards) {
    if (known.has(ieee)) continue;
    card.root.remove();
    cards.delete(ieee);
  }
  for (const device of here) {
    showDevice(device);
    showState(device.friendly_name);
  }
  $("#empty").hidden = here.length > 0;
}

function showDevice(device) {
  let card = cards.get(device.ieee_address);
  if (!card) {
    card = newCard();
    cards.set(device.ieee_address, card);
    $("#devices").append(card.root);
  }
  const { definition } = device;
  card.name.textContent = device.friendly_name;
  card.what.textContent = definition ? `${definition.vendor} ${definition.model}` : (device.model_id ?? "not known yet");
  const exposes = leaves(definition?.exposes ?? []);
  card.exposes = exposes;
  const switches = exposes.filter((expose) => expose.type === "binary" && expose.access & SET && /^state(_|$)/.test(expose.property));
  if (card.switches.map(({ expose }) => expose.property).join() === switches.map(({ property }) => property).join()) return;
  card.switches = switches.map((expose) => ({ expose, button: newSwitch(device.ieee_address, expose) }));
  card.actions.replaceChildren(...card.switches.map(({ button }) => button));
}

function newCard() {
  const make = (tag, className = "") => Object.assign(document.createElement(tag), { className });
  const card = {
    root: make("section", "card"),
    name: make("h2"),
    what: make("p", "faint"),
    availability: make("span", "bad"),
    actions: make("div", "actions"),
    values: make("dl"),
    switches: [],
    exposes: [],
  };
  const header = make("header");
  header.append(card.name, card.availability);
  card.root.append(header, card.what, card.actions, card.values);
  return card;
}

function newSwitch(ieee, expose) {
  const button = document.createElement("button");
  const label = expose.endpoint ? `${expose.label} ${expose.endpoint}` : expose.label;
  button.setAttribute("role", "switch");
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-checked") === "true";
    send(`${ieee}/set`, { [expose.property]: on ? expose.value_off : expose.value_on });
  });
  button.dataset.label = label || expose.property;
  return button;
}

// The exposes that have a value of their own: features of lights, switches and the like are looked into.
function leaves(exposes) {
  return exposes.flatMap((expose) => (expose.features && !expose.property ? leaves(expose.features) : [expose]));
}

function showState(name) {
  const card = cardOf(name);
  const state = states.get(name);
  if (!card) return;
  for (const { expose, button } of card.switches) {
    const value = state?.[expose.property];
    const on = value === expose.value_on;
    button.setAttribute("aria-checked", `${on}`);
    button.textContent = `${button.dataset.label}: ${String(value ?? "not known").toLowerCase()}`;
  }
  const switched = new Set(card.switches.map(({ expose }) => expose.property));
  const rows = card.exposes.filter(
    ({ property, access }) => access & STATE && !switched.has(property) && ![undefined, null, ""].includes(state?.[property]),
  );
  card.values.replaceChildren(
    ...rows.flatMap((expose) => {
      const term = Object.assign(document.createElement("dt"), { textContent: expose.label ?? expose.property });
      const value = Object.assign(document.createElement("dd"), { textContent: worded(expose, state[expose.property]) });
      return [term, value];
    }),
  );
}

function worded(expose, value) {
  if (typeof value === "object") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return expose.unit ? `${value} ${expose.unit}` : `${value}`;
}

function log({ level, message }) {
  const line = document.createElement("li");
  line.className = { error: "bad", warning: "warn" }[level] ?? "";
  line.textContent = `${new Date().toLocaleTimeString()} ${level}: ${message}`;
  const list = $("#log");
  const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 5;
  list.append(line);
  while (list.children.length > MOST_LINES) list.firstChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function showPermit() {
  const left = Math.max(0, Math.round((permitEnd - Date.now()) / 1000));
  $("#permit").textContent = left ? `Devices may join for ${left} s: stop` : "Let devices join";
}

$("#permit").addEventListener("click", () => {
  const open = permitEnd > Date.now();
  transaction += 1;
  send("bridge/request/permit_join", { time: open ? 0 : LONGEST_PERMIT, transaction: `page-${transaction}` });
});
$("#door").addEventListener("submit", (event) => {
  event.preventDefault();
  localStorage.setItem(KEPT, event.target.elements.token.value);
  connect();
});
setInterval(showPermit, 1000);
connect();
