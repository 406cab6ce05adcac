// How it is paid: one way, or two.

import { byId, node } from "./dom.js";
import { mark } from "./goods.js";
import { say } from "./texts.js";

const MOST = 2;

export class Payments {
  constructor(changed) {
    this.changed = changed;
    byId("more-payments").addEventListener("click", () => {
      this.cart.payments.push({ kind: this.kinds.find((kind) => kind !== this.cart.payments[0].kind), amount: "" });
      this.draw();
      byId("payments").lastElementChild.querySelector("select").focus();
      this.changed();
    });
  }

  /** `kinds`: those that the printer knows. */
  open(cart, kinds) {
    this.cart = cart;
    this.kinds = ["cash", "card", ...kinds.filter((kind) => !["cash", "card"].includes(kind))].filter((kind) =>
      kinds.includes(kind),
    );
    for (const payment of cart.payments) if (!this.kinds.includes(payment.kind)) payment.kind = this.kinds[0];
    this.draw();
  }

  draw() {
    byId("payments").replaceChildren(...this.cart.payments.map((payment, index) => this.row(payment, index + 1)));
    byId("more-payments").hidden = this.cart.payments.length >= MOST || this.kinds.length < 2;
  }

  tell(wrong) {
    for (const [index, row] of [...byId("payments").children].entries())
      mark(row.querySelector("input"), wrong, `payments.${index}`);
  }

  row(payment, number) {
    const kinds = this.kinds.map((kind) => node("option", { value: kind, selected: kind === payment.kind }, say(`pay.${kind}`)));
    const typed = (member) => (event) => {
      payment[member] = event.target.value;
      this.changed();
    };
    return node(
      "div",
      { class: "payment" },
      node("select", { "aria-label": say("payment", { number }), onchange: typed("kind") }, ...kinds),
      node("input", {
        class: "short",
        inputmode: "decimal",
        placeholder: say("exact"),
        value: payment.amount,
        "aria-label": say("paymentAmount", { number }),
        oninput: typed("amount"),
      }),
      number === 1
        ? null
        : node(
            "button",
            {
              type: "button",
              class: "step",
              "aria-label": say("removePayment", { number }),
              onclick: () => this.remove(payment),
            },
            "×",
          ),
    );
  }

  remove(payment) {
    this.cart.payments = this.cart.payments.filter((one) => one !== payment);
    this.draw();
    byId("more-payments").focus();
    this.changed();
  }
}
