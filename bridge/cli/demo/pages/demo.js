// The till's page of the demonstration: finds the bridge, is paired or pairs, and brings the parts together.
//
// The bridge is reached through /client/tillbridge.js alone, as a shop's page would; the stage (stage.js) is another server, which
// breaks and shows things and never sells.

import { connect } from "/client/tillbridge.js";

import { Cart } from "./cart.js";
import { Counter, PATIENCE_SECONDS } from "./counter.js";
import { byId, node, show } from "./dom.js";
import { keep, recall } from "./keep.js";
import { tellLedger } from "./ledger.js";
import { Outcomes, title } from "./outcomes.js";
import { showPicture } from "./picture.js";
import { Printer } from "./printer.js";
import { Stage, secret } from "./stage.js";
import { LANGUAGES, language, say, sentence, speak, translate } from "./texts.js";

const PRINTER = "tillbridge-demo-printer";
const APP = "Tillbridge demo till";

class Till {
  async open() {
    translate(document);
    const other = LANGUAGES.find((one) => one !== language);
    show(byId("language"), other);
    byId("language").lang = other;
    byId("language").addEventListener("click", () => speak(other));
    const key = secret();
    if (key === null) return this.gate("gate.key", say("gate.keyText"));
    this.stage = new Stage(document.documentElement.dataset.stage, key);
    try {
      this.setup = await this.stage.call("setup");
    } catch (error) {
      const title = error.status === 401 ? "gate.key" : "gate.ended";
      return this.gate(title, error.message, { do: "gate.again", act: () => location.reload() });
    }
    await this.connect();
  }

  async connect() {
    this.gate("gate.connect", "");
    const own = this.setup.token !== null;
    try {
      this.bridge = await connect({
        app: APP,
        url: own ? location.origin : this.setup.bridge,
        token: this.setup.token?.token,
        pair: own ? false : { onCode: (code) => this.pairing(code), again: this.again === true },
        // This page comes from this very computer: no browser asks its user before it may call it.
        gesture: "skip",
        language,
      });
      await this.begin();
    } catch (error) {
      this.again = true; // whoever clicks on it is a person who wants it
      const text = [error.message, error.remedy].filter(Boolean).join(" ");
      this.gate("gate.failed", text, { do: "gate.again", act: () => void this.connect() });
    }
  }

  /** Shown instead of the shop: why there is none, and what to do about it. */
  gate(title, text, { code, command, do: action, act } = {}) {
    byId("shop").hidden = true;
    byId("gate").hidden = false;
    show(byId("gate-title"), say(title));
    show(byId("gate-text"), text);
    byId("gate-code").hidden = code === undefined;
    show(byId("gate-code"), code ?? "");
    byId("gate-hint").hidden = command === undefined;
    show(byId("gate-hint-text"), say("gate.pairHint"));
    show(byId("gate-command"), command ?? "");
    const button = byId("gate-do");
    button.hidden = action === undefined;
    show(button, action === undefined ? "" : say(action));
    button.onclick = act ?? null;
  }

  pairing(code) {
    this.gate("gate.pair", say("gate.pairText"), {
      code,
      command: this.setup.approve_command.replace("CODE", code),
      do: "gate.approve",
      act: () => this.stage.call("approve", { code }).catch((error) => show(byId("gate-text"), error.message)),
    });
  }

  async begin() {
    this.devices = await this.bridge.devices();
    this.outcomes = new Outcomes({
      collect: (outcome) => this.bridge.collect(outcome),
      again: (outcome) => this.sellAgain(outcome),
      cancel: (job) => this.bridge.abort(job.id),
      answer: (job, prompt, choice) => this.bridge.answer(job.id, prompt.prompt_id, choice.code),
      look: () => this.resume(),
      picture: async (job) => showPicture(await this.bridge.receipt(job.id), title(job.operation)),
    });
    this.counter = new Counter(this.outcomes, this.setup.terminals);
    this.printer = new Printer(this.stage);
    this.carts = new Map(this.setup.shops.map((shop) => [shop.family, new Cart(shop)]));
    this.bridge.on("device", () => void this.look());
    this.bridge.on("job", ({ job }) => this.job(job));
    this.bridge.on("connection", ({ state, error }) => this.link(state, error));
    this.chooser();
    byId("gate").hidden = true;
    byId("shop").hidden = false;
    this.link("connected");
    this.choose(this.printers().find(({ id }) => id === recall("sessionStorage", PRINTER))?.id ?? this.printers()[0].id);
    void this.stage.watch((view) => this.see(view));
    void this.resume();
  }

  printers() {
    return this.setup.shops.flatMap((shop) => shop.devices.map((device) => ({ ...device, shop })));
  }

  chooser() {
    const choices = this.printers().map(({ id, name }) =>
      node(
        "label",
        {},
        node("input", { type: "radio", name: "printer", value: id, onchange: () => this.choose(id) }),
        " ",
        node("span", {}, node("b", {}, id), name === "" ? null : node("span", { class: "where" }, ` ${name}`)),
      ),
    );
    byId("printers").append(...choices);
  }

  choose(id) {
    this.chosen = id;
    keep("sessionStorage", PRINTER, id);
    document.querySelector(`input[name=printer][value="${CSS.escape(id)}"]`).checked = true;
    const { shop } = this.printers().find((one) => one.id === id);
    this.printer.open(shop, id);
    this.counter.open(this.bridge, this.carts.get(shop.family), this.device());
    this.state();
  }

  device() {
    return this.devices.find((one) => one.id === this.chosen) ?? { id: this.chosen };
  }

  /** Something about a printer changed: the bridge is asked how they all are; questions that come meanwhile are one more. */
  async look() {
    if (this.looking) {
      this.lookAgain = true;
      return;
    }
    this.looking = true;
    try {
      do {
        this.lookAgain = false;
        const before = this.device();
        this.devices = await this.bridge.devices();
        const now = this.device();
        // It may have become known only now what this printer can do.
        if ((before.capabilities ?? null) === null && now.capabilities) this.choose(this.chosen);
        else this.counter.device = now;
        this.state();
      } while (this.lookAgain);
    } catch {
      // The connection broke: the next event of a device asks again.
    } finally {
      this.looking = false;
    }
  }

  state() {
    const device = this.device();
    const ready = device.state === "ready";
    byId("printer-state").dataset.state = ready ? "order" : "wrong";
    const values = { id: device.id, state: device.state ?? "?", reason: sentence(device.reason ?? "") };
    show(byId("printer-state"), say(ready ? "printer.ready" : "printer.other", values));
  }

  link(state, error) {
    byId("link").dataset.state = state;
    show(byId("link"), say(`link.${state}`));
    if (state === "connected") void this.look();
    if (state === "closed") {
      const text = [error?.message, error?.remedy].filter(Boolean).join(" ");
      this.gate("gate.failed", text, { do: "gate.again", act: () => location.reload() });
    }
  }

  see(view) {
    byId("stage-said").hidden = false;
    if (view === null) return show(byId("stage-said"), say("link.stage"));
    if (byId("stage-said").textContent === say("link.stage")) show(byId("stage-said"), "");
    this.printer.tell(view);
    tellLedger(view.ledger);
  }

  /** What an earlier life of this page asked for: each is told as it stands, and further until it has an end. */
  async resume() {
    const tell = (outcome) => {
      const operation = outcome.job?.operation ?? outcome.operation;
      this.outcomes.tell(this.outcomes.find(outcome) ?? this.outcomes.begin(title(operation)), outcome);
    };
    for (const outcome of await this.bridge.resume({ wait: 0 })) tell(outcome);
    const all = await this.bridge.resume({ wait: PATIENCE_SECONDS, onChange: tell });
    for (const outcome of all) {
      tell(outcome);
      this.outcomes.find(outcome).followed = false;
    }
  }

  /** A person at the console settled what nobody here waits for any more. */
  job(job) {
    const card = this.outcomes.find({ job });
    if (card === undefined || card.followed || card.outcome.job?.state === job.state) return;
    card.followed = true;
    void this.resume();
  }

  sellAgain(outcome) {
    const { job } = outcome;
    const operation = { ...job.operation, retry_of: job.id };
    void this.counter.submit(operation, undefined, job.device);
  }
}

void new Till().open();
