// The ledger: each thing that was asked, what the bridge says of it, and what the printer really did.

import { byId, node, show } from "./dom.js";
import { say } from "./texts.js";

export function tellLedger({ rows, sums }) {
  const order = sums.doubled === 0 && sums.lost === 0;
  const verdict = byId("verdict");
  verdict.dataset.state = order ? (sums.open > 0 ? "open" : "order") : "wrong";
  show(verdict, rows.length === 0 ? "" : say(order ? (sums.open > 0 ? "stillOpen" : "nothingLost") : "notInOrder", sums));
  byId("rows-empty").hidden = rows.length > 0;
  byId("rows").replaceChildren(...[...rows].reverse().map(line));
}

function line(row) {
  const state = row.agrees === null ? "open" : row.agrees ? "order" : "wrong";
  const mark = { open: "…", order: "✔", wrong: "✘" }[state];
  const word = { open: "notYet", order: "yes", wrong: "no" }[state];
  return node(
    "tr",
    { "data-state": state },
    node("td", {}, row.what),
    node("td", {}, row.device),
    node("td", {}, row.verdict),
    node("td", {}, row.truth),
    node("td", { class: "agrees" }, node("span", { "aria-hidden": "true" }, `${mark} `), say(word)),
  );
}
