// The stage's server: what a visitor breaks, and what there is to be seen. It is no part of the bridge.
// The secret of the demonstration stands behind the # of the printed address; it is kept for this tab, so that a reload works.

import { keep, recall } from "./keep.js";

const KEPT = "tillbridge-demo-secret";
const PAUSE_MILLISECONDS = 1000;

/** The secret of the address, which is taken out of sight, or that of before the reload. */
export function secret() {
  const given = location.hash.slice(1);
  if (given === "") return recall("sessionStorage", KEPT);
  keep("sessionStorage", KEPT, given);
  history.replaceState(null, "", location.pathname);
  return given;
}

export class Stage {
  constructor(url, key) {
    this.url = url;
    this.key = key;
  }

  /** The answer. Throws an Error with the sentence of the refusal. */
  async call(name, body = {}) {
    const answer = await fetch(`${this.url}/stage/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.key}` },
      body: JSON.stringify(body),
      credentials: "omit",
    });
    const said = await answer.json();
    if (!answer.ok) {
      const error = new Error(said.detail);
      error.status = answer.status;
      throw error;
    }
    return said;
  }

  /** Tell every view as it changes, for as long as the page is there; `null` while the stage does not answer. */
  async watch(tell) {
    let seen = null;
    for (;;) {
      try {
        const view = await this.call("view", { seen });
        if (view.version !== seen) tell(view);
        seen = view.version;
      } catch {
        tell(null);
        seen = null;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
      }
    }
  }
}
