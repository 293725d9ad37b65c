// Setting Zigwire up: asks the server what there is, lets it try, and sends what was chosen.

const $ = (selector) => document.querySelector(selector);
const form = $("#form");
let radios = [];
const settled = {}; // the radio and the broker that were tried last: as chosen, and as they are to be used
let elsewhere = false; // whether this browser runs on another machine than Zigwire

class Refusal extends Error {}

async function ask(path, body) {
  const options = body === undefined ? {} : body instanceof Blob
    ? { method: "POST", body }
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, { ...options, cache: "no-store" });
  } catch {
    throw new Refusal("Zigwire does not answer any more. Is it still running?");
  }
  if (response.status === 401) {
    show("#door");
    throw new Refusal("The code is needed.");
  }
  const text = await response.text();
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new Refusal(text.slice(0, 300) || `The server answered with ${response.status}.`);
  }
  if (!response.ok) throw new Refusal(answer.error ?? `The server answered with ${response.status}.`);
  return answer;
}

function show(selector) {
  for (const part of ["#door", "#failure", "#form", "#done"]) $(part).hidden = part !== selector;
}

function say(output, text, kind = "") {
  output.setAttribute("role", "status");
  output.className = kind;
  output.textContent = text;
}

// Runs what a button is for; the button waits, and what goes wrong is said below it.
async function work(button, output, sentence, job) {
  button.disabled = true;
  say(output, sentence, "faint");
  try {
    await job();
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error);
    say(output, error.message, "bad");
  } finally {
    button.disabled = false;
  }
}

// The number of the coordinator that is chosen, "" for another one, undefined for none.
function found() {
  return form.querySelector("[name=found]:checked")?.value;
}

function shown() {
  const begin = form.elements.begin.value;
  for (const part of form.querySelectorAll("[data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(begin);
    for (const field of part.querySelectorAll("[required]")) field.disabled = part.hidden;
  }
  $("#another").hidden = found() !== "";
  $("#token").hidden = form.elements.reach.value !== "network";
  $("#unreachable").hidden = !(elsewhere && form.elements.reach.value === "here");
}

function showNetwork(network) {
  const { channel } = form.elements;
  if (network.exists || channel.disabled) channel.value = network.channel; // else it is the user's
  channel.disabled = network.exists;
  $("#renew").disabled = network.exists;
  $("#pan-id").textContent = `0x${network.pan_id.toString(16).padStart(4, "0")}`;
  $("#ext-pan-id").textContent = network.ext_pan_id;
  $("#network-said").textContent = network.exists
    ? "There is a network already. It is kept: devices on it go on working."
    : "A new network. Wi-Fi nearby disturbs some channels; all devices support 11, 15, 20 and 25.";
}

function showRadios() {
  $("#radios").replaceChildren(
    ...radios.map((radio, number) => {
      const label = document.createElement("label");
      label.className = "choice";
      const input = Object.assign(document.createElement("input"), { type: "radio", name: "found", value: `${number}` });
      const text = document.createElement("span");
      const place = document.createElement("span");
      place.className = "faint";
      place.textContent = radio.port + (radio.adapter ? `, ${radio.adapter}` : "");
      text.append(radio.name, document.createElement("br"), place);
      label.append(input, text);
      return label;
    }),
  );
  const known = radios.filter((radio) => radio.adapter);
  const chosen = known.length === 1 ? radios.indexOf(known[0]) : radios.length ? null : "";
  if (chosen !== null) form.querySelector(`[name=found][value="${chosen}"]`).checked = true;
  shown();
}

function chosenRadio() {
  if (form.elements.begin.value === "simulated") return { port: "sim://", name: "simulated house" };
  const number = found();
  if (number === undefined) throw new Refusal("Choose a coordinator.");
  if (number !== "") return radios[Number(number)];
  const fields = form.elements;
  return {
    port: fields.port.value,
    adapter: fields.adapter.value || null,
    baudrate: fields.baudrate.value ? Number(fields.baudrate.value) : null,
    rtscts: fields.rtscts.checked || null,
  };
}

function broker() {
  const { server, user, password, base_topic: topic } = form.elements;
  return { server: server.value, user: user.value, password: password.value, base_topic: topic.value };
}

async function search() {
  const output = $("#radio > output");
  await work($("#search"), output, "Looking for coordinators…", async () => {
    radios = await ask("api/radios");
    showRadios();
    const known = radios.filter((radio) => radio.adapter).length;
    const ports = radios.length - known;
    const also = ports ? ` ${ports === 1 ? "One more port" : `${ports} more ports`} may have one.` : "";
    say(output, `${["None was", "One was"][known] ?? `${known} were`} recognised.${also}`, "faint");
  });
}

async function tryRadio(radio) {
  const answer = await ask("api/radio", radio);
  showNetwork(answer.network);
  const other = radio.adapter && radio.adapter !== answer.adapter ? ` It speaks ${answer.adapter}, not ${radio.adapter}.` : "";
  say($("#radio > output"), `It answers: ${answer.said}.${other}`, "good");
  return { ...radio, adapter: answer.adapter };
}

async function tryBroker(chosen) {
  const { another_bridge: another } = await ask("api/broker", chosen);
  if (another) throw new Refusal(`It lets us in, but a bridge is online at ${chosen.base_topic} already: stop it, or choose another base topic`);
  say($("#broker > output"), "It lets us in.", "good");
  return chosen;
}

async function settle(kind, chosen, attempt) {
  delete settled[kind];
  settled[kind] = { chosen: JSON.stringify(chosen), used: await attempt(chosen) };
}

// What was chosen is tried before the start, so that the adapter is right, a network on it is kept, and no two bridges
// are in each other's way. Whoever insists on what does not answer may have it.
async function insisted(kind, chosen, attempt, mayInsist) {
  if (settled[kind]?.chosen !== JSON.stringify(chosen)) {
    try {
      await settle(kind, chosen, attempt);
    } catch (error) {
      if (mayInsist) settled[kind] = { chosen: JSON.stringify(chosen), used: chosen };
      const reason = error.message.replace(/[^.?!]$/, "$&.");
      throw new Refusal(mayInsist ? `${reason} Start again to use it all the same.` : reason);
    }
  }
  return settled[kind].used;
}

async function start() {
  const chosen = chosenRadio();
  const simulated = chosen.port === "sim://";
  const radio = simulated ? chosen : await insisted("radio", chosen, tryRadio, Boolean(chosen.adapter));
  if (!simulated) await insisted("broker", broker(), tryBroker, true);
  const reach = form.elements.reach.value;
  const token = reach === "network" ? form.elements.token.value.trim() : null;
  if (token === "") throw new Refusal("Enter a token, or let only this machine open the page.");
  const choices = {
    radio,
    broker: broker(),
    channel: Number(form.elements.channel.value),
    homeassistant: form.elements.homeassistant.checked,
    token,
  };
  await goOn(await ask("api/start", choices), token);
}

// Waits until Zigwire's page takes the place of this one, and goes there.
async function goOn(answer, token) {
  show("#done");
  const said = $("#done-said");
  const url = `${answer.scheme}://${location.hostname}:${answer.port}${answer.base_url}`;
  if (token) {
    $("#done-token").hidden = false;
    $("#done-token code").textContent = token;
  }
  $("#open").href = url;
  said.textContent = answer.page
    ? "One moment…"
    : "Its page is switched off in the configuration (frontend.enabled), so this is all there is to see.";
  for (let tries = 0; tries < 240; tries += 1) {
    await aMoment();
    if ((await stage()) === "failure") return begin();
    if (!answer.page || !(await isThere(url))) continue;
    said.textContent = "It is running.";
    $("#open").hidden = false;
    if (!token) location.assign(url);
    return;
  }
  if (!answer.page) return;
  said.textContent = "It takes long: its terminal or log says why.";
  $("#open").hidden = false;
}

function aMoment() {
  return new Promise((resolve) => setTimeout(resolve, 500));
}

// What this server is there for: "form", or "failure" when Zigwire did not start; null while it is not there.
async function stage() {
  try {
    const response = await fetch("/api/state", { cache: "no-store" });
    return response.ok ? (await response.json()).page : null;
  } catch {
    return null;
  }
}

// Whether Zigwire's page is at an address; of one at another port nothing can be read but that it is there.
async function isThere(url) {
  const same = new URL(url).origin === location.origin;
  try {
    const response = await fetch(url, { cache: "no-store", mode: same ? "same-origin" : "no-cors" });
    return !same || (response.ok && response.headers.get("X-Zigwire") !== "setup");
  } catch {
    return false;
  }
}

function showFailure(errors) {
  show("#failure");
  $("#failure ul").replaceChildren(
    ...errors.map((error) => Object.assign(document.createElement("li"), { textContent: error })),
  );
}

async function begin() {
  const state = await ask("api/state");
  if (state.page === "failure") {
    showFailure(state.errors);
    return;
  }
  show("#form");
  $("#folder").textContent = `The configuration will be in ${state.folder}`;
  $("#all").hidden = !state.all_settings;
  form.elements.token.value = state.token;
  elsewhere = state.elsewhere;
  form.elements.reach.value = elsewhere ? "network" : "here";
  showNetwork(state.network);
  shown();
  await search();
}

form.elements.channel.replaceChildren(
  ...Array.from({ length: 16 }, (_, number) => new Option(number + 11, number + 11)),
);
form.addEventListener("change", shown);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (form.elements.begin.value === "takeover") $("#take-folder").click();
  else work(event.submitter, $("#started"), "Starting…", start);
});
$("#search").addEventListener("click", search);
$("#try-radio").addEventListener("click", (event) =>
  work(event.target, $("#radio > output"), "Asking it, for up to a minute…", () =>
    settle("radio", chosenRadio(), tryRadio),
  ),
);
$("#try-broker").addEventListener("click", (event) =>
  work(event.target, $("#broker > output"), "Connecting…", () => settle("broker", broker(), tryBroker)),
);
$("#renew").addEventListener("click", async () => showNetwork(await ask("api/network", {})));
$("#take-folder").addEventListener("click", (event) =>
  work(event.target, $("#takeover > output"), "Copying…", async () =>
    goOn(await ask("api/folder", { path: form.elements.path.value })),
  ),
);
$("#take-archive").addEventListener("click", (event) =>
  work(event.target, $("#takeover > output"), "Unpacking…", async () => {
    const [file] = form.elements.archive.files;
    if (!file) throw new Refusal("Choose a file.");
    await goOn(await ask("api/archive", file));
  }),
);
$("#door").addEventListener("submit", (event) => {
  event.preventDefault();
  work(event.submitter, $("#door output"), "One moment…", async () => {
    await ask("code", { code: event.target.elements.code.value });
    await begin();
  });
});
$("#retry").addEventListener("click", (event) =>
  work(event.target, $("#failure output"), "One moment…", async () => goOn(await ask("api/retry", {}))),
);
$("#again").addEventListener("click", (event) =>
  work(event.target, $("#failure output"), "One moment…", async () => {
    await ask("api/again", {});
    while ((await stage()) !== "form") await aMoment();
    location.reload();
  }),
);
begin().catch((error) => {
  if (!(error instanceof Refusal)) throw error;
});
