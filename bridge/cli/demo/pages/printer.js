// The printer that is sold on: its paper, how it is, and what can be broken at it.

import { byId, node, show } from "./dom.js";
import { say } from "./texts.js";

const STATES = { cable: "plugged", paper: "paper_loaded", power: "powered", cover: "cover_closed" };
const BYTE = "60";

export class Printer {
  constructor(stage) {
    this.stage = stage;
    this.rows = new Map();
    this.lines = 0;
  }

  /** Another printer. `offered`: the troubles of its family, and how each is made. */
  open(shop, device) {
    this.device = device;
    this.family = shop.family;
    this.rows.clear();
    const offered = { ...shop.troubles, ...(shop.devices.length > 1 ? { swap: { next: false, byte: false, now: true } } : {}) };
    byId("troubles").replaceChildren(...Object.entries(offered).map(([name, how]) => this.row(name, how)));
    this.lines = 0;
    show(byId("paper"), say("paperEmpty"));
    if (this.view) this.tell(this.view);
  }

  /** The stage as it is now. */
  tell(view) {
    this.view = view;
    const seen = view.devices.find((one) => one.id === this.device);
    if (seen === undefined) return;
    this.paper(seen.paper);
    for (const [name, row] of this.rows) {
      const broken = name === "swap" ? view.swapped.includes(this.family) : STATES[name] !== undefined && !seen[STATES[name]];
      const armed = !broken && seen.armed.includes(name);
      row.mend = broken || armed;
      row.element.dataset.state = broken ? "broken" : armed ? "armed" : "whole";
      show(row.button, say(broken ? `mend.${name}` : armed ? "disarm" : `break.${name}`));
    }
  }

  paper(paper) {
    if (paper.lines === this.lines) return;
    this.lines = paper.lines;
    show(byId("paper"), paper.text);
    // As wide as its longest line: the style makes the letters as large as fit.
    byId("paper").style.setProperty("--columns", String(Math.max(24, ...paper.text.split("\n").map((line) => [...line].length))));
    const roll = byId("roll");
    roll.scrollTop = roll.scrollHeight;
  }

  row(name, how) {
    const hint = `tell-${name}`;
    const button = node("button", { type: "button", "aria-describedby": hint, onclick: () => this.act(name, how) });
    const byte = how.byte
      ? node(
          "label",
          { class: "byte" },
          say("byte"),
          " ",
          node("input", {
            id: "byte",
            inputmode: "numeric",
            maxlength: 6,
            value: "",
            placeholder: BYTE,
            "aria-label": say("byteOf"),
          }),
        )
      : null;
    const element = node(
      "li",
      { "data-trouble": name },
      node("div", {}, button, byte),
      node("small", { id: hint }, say(`tell.${name}`)),
    );
    this.rows.set(name, { element, button, mend: false });
    return element;
  }

  async act(name, how) {
    show(byId("stage-said"), "");
    const wanted = document.querySelector("input[name=when]:checked").value === "now";
    const { mend } = this.rows.get(name);
    try {
      if (name === "swap") await this.stage.call("swap", { device: this.device });
      else if (mend) await this.stage.call("mend", { device: this.device, what: name });
      else {
        const now = how.now && (wanted || !how.next);
        const byte = how.byte && !now ? byId("byte").value.trim() : "";
        if (!/^\d*$/.test(byte)) throw new Error(say("byteWrong"));
        const body = { device: this.device, what: name, now };
        await this.stage.call("break", byte === "" ? body : { ...body, byte: Number(byte) });
      }
    } catch (error) {
      show(byId("stage-said"), error.message);
    }
  }
}
