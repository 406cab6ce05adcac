// The page of `tillbridge console`: signs itself in with the code behind the #, then shows who asks to be let in.
// The token lives in this variable alone: it is gone with the page. Texts from elsewhere only ever become text nodes.
"use strict";

(() => {
  const RENEW_MILLISECONDS = 2000;
  const RIGHTS = {
    "devices:read": "see devices and their status",
    "print": "printouts, copies, display, drawer",
    "fiscal": "receipts and invoices",
    "payment": "card payments",
    "refund": "give money back: refunds, corrections",
    "fiscal:report": "Z and X reports, end of the day",
    "cash": "cash in and cash out",
    "resolve": "settle unresolved jobs by hand",
    "raw": "the device's own commands",
  };
  const USUAL = ["devices:read", "print", "fiscal", "payment"];

  let token = null;
  let devices = [];
  const cards = new Map();

  const element = (id) => document.getElementById(id);

  function say(text, wrong = false) {
    element("message").textContent = text;
    element("message").classList.toggle("wrong", wrong);
  }

  function close(title, text) {
    token = null;
    element("open").hidden = true;
    element("closed").hidden = false;
    element("closed-title").textContent = title;
    element("closed-text").textContent = text;
  }

  async function call(method, path, body) {
    const headers = {};
    if (token !== null) headers["Authorization"] = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await fetch(`/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
    });
    const said = answer.status === 204 ? null : await answer.json();
    if (!answer.ok) {
      const problem = new Error(said.detail);
      problem.status = answer.status;
      throw problem;
    }
    return said;
  }

  function node(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function choice(name, title, hint, checked) {
    const label = node("label");
    const box = node("input", undefined, { type: "checkbox", value: name });
    box.checked = checked;
    const text = node("div");
    text.append(node("b", title), " ", node("span", hint));
    label.append(box, text);
    return label;
  }

  const chosen = (fieldset) => [...fieldset.querySelectorAll("input:checked")].map((box) => box.value);

  function makeCard(asking) {
    const form = element("asking").content.firstElementChild.cloneNode(true);
    const part = (name) => form.querySelector(name);
    part(".code").textContent = `${asking.verification_code.slice(0, 3)} ${asking.verification_code.slice(3)}`;
    part(".origin").textContent = asking.origin;
    const user = asking.user === null ? "" : `, opened by ${asking.user}`;
    part(".says").textContent = `It calls itself “${asking.app_name}”${user}.`;
    part(".label").value = asking.user === null ? asking.app_name : `${asking.app_name} ${asking.user}`.slice(0, 60).trim();
    for (const [right, meaning] of Object.entries(RIGHTS)) {
      const asked = asking.scopes.includes(right);
      part(".scopes").append(choice(right, right, asked ? `${meaning} (asked for)` : meaning, asked && USUAL.includes(right)));
    }
    for (const device of devices) part(".devices").append(choice(device.id, device.id, device.title ?? device.family, true));
    if (devices.length === 0) part(".devices").append(node("span", "No device is configured yet; it may use those that come."));
    for (const select of [part(".fiscal"), part(".card-device")]) {
      select.append(node("option", "none", { value: "" }));
      for (const device of devices) select.append(node("option", device.id, { value: device.id }));
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      approve(asking, form);
    });
    part(".reject").addEventListener("click", () => decide(asking, { decision: "reject" }, `${asking.origin} was sent away.`));
    return form;
  }

  function approve(asking, form) {
    const part = (name) => form.querySelector(name);
    const scopes = chosen(part(".scopes"));
    const picked = chosen(part(".devices"));
    if (scopes.length === 0) return say("Tick at least one thing that the page may do.", true);
    if (devices.length > 0 && picked.length === 0) return say("Tick at least one device.", true);
    const body = { decision: "approve", label: part(".label").value.trim(), scopes, aliases: {} };
    if (picked.length < devices.length) body.devices = picked;
    if (part(".fiscal").value) body.aliases["@fiscal"] = part(".fiscal").value;
    if (part(".card-device").value) body.aliases["@card"] = part(".card-device").value;
    return decide(asking, body, `${asking.origin} is let in.`);
  }

  async function decide(asking, body, done) {
    try {
      await call("POST", `/pairing/${encodeURIComponent(asking.pairing_id)}/decision`, { ...body, code: asking.verification_code });
      say(done);
    } catch (problem) {
      say(problem.message, true);
    }
    await renew();
  }

  async function revoke(one) {
    if (!window.confirm(`Take the token of ${one.origin ?? "the program"} (${one.label}) back? Its connections end at once.`)) return;
    try {
      await call("DELETE", `/tokens/${encodeURIComponent(one.token_id)}`);
      say("The token was taken back.");
    } catch (problem) {
      say(problem.message, true);
    }
    await renew();
  }

  function showWaiting(waiting) {
    element("nobody").hidden = waiting.length > 0;
    const there = new Set(waiting.map((one) => one.pairing_id));
    for (const [id, card] of cards) {
      if (there.has(id)) continue;
      card.remove();
      cards.delete(id);
    }
    for (const one of waiting) {
      if (!cards.has(one.pairing_id)) {
        cards.set(one.pairing_id, makeCard(one));
        element("waiting").append(cards.get(one.pairing_id));
      }
      cards.get(one.pairing_id).querySelector(".left").textContent = `${one.expires_in} s left`;
    }
  }

  function showTokens(tokens) {
    element("no-tokens").hidden = tokens.length > 0;
    element("tokens").replaceChildren(
      ...tokens.map((one) => {
        const row = node("tr");
        const used = one.last_used === null ? "never" : new Date(one.last_used).toLocaleString();
        for (const text of [
          one.origin ?? "a program",
          one.label,
          one.scopes.join(", "),
          one.devices === null ? "all" : one.devices.join(", "),
          one.user ?? "",
          used,
        ]) row.append(node("td", text));
        const cell = node("td");
        if (one.source === "journal") {
          const button = node("button", "Revoke", { type: "button", class: "revoke" });
          button.addEventListener("click", () => revoke(one));
          cell.append(button);
        } else {
          cell.textContent = "from the provisioning file";
        }
        row.append(cell);
        return row;
      }),
    );
  }

  async function renew() {
    if (token === null) return;
    try {
      devices = (await call("GET", "/devices")).devices;
      showWaiting((await call("GET", "/pairing")).pairings);
      showTokens((await call("GET", "/tokens")).tokens);
    } catch (problem) {
      if (problem.status === 401) close("Signed out", "This console was signed out. Get a new link on this computer:");
      else say(problem.message ?? "The bridge does not answer.", true);
    }
  }

  async function start() {
    element("where").textContent = location.host;
    const code = new URLSearchParams(location.hash.slice(1)).get("code");
    history.replaceState(null, "", location.pathname); // the code works once; it need not stay in sight or history
    if (code === null) return close("Not signed in", "Get a link on this computer; it works once:");
    try {
      token = (await call("POST", "/session/console", { code })).token;
    } catch (problem) {
      return close("Not signed in", `${problem.message} On this computer:`);
    }
    element("open").hidden = false;
    await renew();
    setInterval(renew, RENEW_MILLISECONDS);
  }

  start();
})();
