// The terminal's face: shows what /view says, sends what a person does to /act. Nothing is decided here.

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "STOP", "C", "OK"];
const LABELS = { STOP: "STOP", OK: "OK", C: "CORR" };
const HOW = [["tap", "Tap"], ["insert", "Insert"], ["swipe", "Swipe"]];

const byId = (id) => document.getElementById(id);

async function act(act, value = "") {
  const answer = await fetch("/act", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ act, value }),
  });
  if (!answer.ok) say((await answer.json()).error);
}

function say(text) {
  byId("link").textContent = text;
}

function button(text, label, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

function build() {
  for (const key of KEYS) {
    const made = button(LABELS[key] ?? key, `key ${key}`, () => act("key", key));
    made.dataset.key = key;
    byId("keys").append(made);
  }
  for (const choice of document.querySelectorAll("input[name=hands]")) {
    choice.addEventListener("change", () => act("hands", choice.value));
  }
  byId("remove").addEventListener("click", () => act("remove"));
  byId("power").addEventListener("click", () => act("power", byId("power").getAttribute("aria-pressed") === "true" ? "off" : "on"));
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("button, input")) return;
    const key = { Enter: "OK", Backspace: "C", Escape: "STOP" }[event.key] ?? event.key;
    if (KEYS.includes(key)) act("key", key);
  });
}

function showCards(cards) {
  if (byId("cards").childElementCount === cards.length) return;
  byId("cards").replaceChildren(...cards.map((card) => {
    const row = document.createElement("li");
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = `${card.name} …${card.last}`;
    const does = document.createElement("span");
    does.className = "does";
    does.textContent = card.does;
    const acts = document.createElement("span");
    acts.className = "acts";
    acts.append(...HOW.map(([how, text]) => button(text, `${text} ${card.name} ${card.last}`, () => act(how, card.id))));
    row.append(name, does, acts);
    return row;
  }));
}

function showRecords(transactions) {
  byId("records").replaceChildren(...transactions.map((one) => {
    const row = document.createElement("tr");
    row.dataset.state = one.state;
    for (const text of [one.receipt, one.kind, one.amount, one.state]) {
      const cell = document.createElement("td");
      cell.textContent = text;
      row.append(cell);
    }
    return row;
  }));
}

function show(view) {
  byId("model").textContent = view.model;
  byId("tid").textContent = view.tid;
  byId("pin").textContent = view.pin;
  byId("screen").dataset.power = view.powered ? "on" : "off";
  byId("amount").textContent = view.powered ? view.amount : "";
  byId("display").textContent = view.display;
  byId("stars").textContent = view.prompt === "pin" ? "*".repeat(view.typed) : "";
  byId("power").setAttribute("aria-pressed", String(view.powered));
  byId("power").textContent = view.powered ? "Pull the power" : "Power on";
  const inserted = view.cards.find((card) => card.id === view.slot);
  byId("inserted").textContent = inserted ? `${inserted.name} …${inserted.last}` : "card slot";
  byId("remove").disabled = !inserted;
  for (const choice of document.querySelectorAll("input[name=hands]")) choice.checked = choice.value === view.hands;
  for (const key of byId("keys").children) key.disabled = !view.powered;
  showCards(view.cards);
  showRecords(view.transactions);
  const paper = byId("paper");
  if (paper.textContent !== view.paper) {
    paper.textContent = view.paper;
    paper.scrollTop = paper.scrollHeight;
  }
}

async function watch() {
  let seen = "";
  for (;;) {
    try {
      const answer = await fetch(`/view?seen=${seen}`);
      const view = await answer.json();
      seen = view.version;
      show(view);
      say("");
    } catch {
      say("The simulator does not answer.");
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    }
  }
}

build();
watch();
