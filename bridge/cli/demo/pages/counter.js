// The counter: the cart's sums as the printer would reckon them, and the sale. It sells through the bridge's client alone.

import { byId, show } from "./dom.js";
import { Goods, mark } from "./goods.js";
import { problemText, title } from "./outcomes.js";
import { Payments } from "./payments.js";
import { money, say } from "./texts.js";

const PAUSE_MILLISECONDS = 200;
/** As long as a till is open: the outcome is told whenever there is one. */
export const PATIENCE_SECONDS = 8 * 3600;

export class Counter {
  /** `outcomes`: where it is told what became of a sale. `terminals`: where cards are taken. */
  constructor(outcomes, terminals = []) {
    this.outcomes = outcomes;
    this.terminals = terminals;
    this.goods = new Goods(() => this.changed());
    this.payments = new Payments(() => this.changed());
    this.asked = 0;
    for (const [id, member] of [
      ["discount", "discount"],
      ["tax-number", "taxNumber"],
      ["email", "email"],
    ]) {
      byId(id).addEventListener("input", (event) => {
        this.cart[member] = event.target.value;
        this.changed();
      });
    }
    byId("sale").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.sell();
    });
  }

  /** Sell this cart on this printer, as the bridge knows it. */
  open(bridge, cart, device) {
    this.bridge = bridge;
    this.cart = cart;
    this.device = device;
    this.draw();
  }

  get places() {
    return this.device.capabilities?.arithmetic?.currency_decimals ?? 2;
  }

  draw() {
    this.goods.open(this.cart, this.device.capabilities?.taxes ?? []);
    this.payments.open(this.cart, this.device.capabilities?.payment_kinds ?? ["cash", "card"]);
    byId("discount").value = this.cart.discount;
    byId("tax-number").value = this.cart.taxNumber;
    byId("tax-number").placeholder = this.cart.shop.customer?.value ?? "";
    byId("email").value = this.cart.email;
    this.changed();
  }

  changed() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.timer = setTimeout(() => void this.reckon(this.asked), PAUSE_MILLISECONDS);
    this.ready();
  }

  operation() {
    return this.cart.operation(this.device.capabilities?.delivery ?? []);
  }

  /** Let the bridge reckon. An answer that came too late is dropped. */
  async reckon(asked) {
    const wrong = this.cart.wrong();
    if (this.cart.empty || wrong.length > 0) return this.tell(null, wrong, wrong.length > 0 ? say("unreadable") : "");
    try {
      const { totals } = await this.bridge.preview(this.device.id, this.operation());
      let change = null;
      if (this.cart.typed) {
        const payments = this.cart.paid(totals.due, this.places);
        change = (await this.bridge.preview(this.device.id, { ...this.operation(), payments })).totals.change;
      }
      if (asked === this.asked) this.tell({ ...totals, change }, [], "");
    } catch (error) {
      if (asked === this.asked) this.refused(error);
    }
  }

  refused(error) {
    const fields = (error.problem?.errors ?? []).map((one) => one.field);
    this.tell(null, fields, error.problem ? problemText(error.problem) : error.message);
  }

  tell(totals, wrong, said) {
    const { currency } = this.cart.shop;
    this.totals = totals;
    show(byId("total"), totals ? money(totals.total, currency) : "–");
    show(byId("change"), totals?.change ? money(totals.change, currency) : "–");
    show(byId("wrong"), said);
    this.goods.tell(totals?.lines, wrong);
    this.payments.tell(wrong);
    mark(byId("discount"), wrong, "discount");
    mark(byId("tax-number"), wrong, "customer.ids");
    mark(byId("email"), wrong, "customer.email");
    mark(byId("email"), wrong, "delivery.email");
    this.ready();
  }

  ready() {
    byId("sell").disabled = this.cart.empty || this.sending === true;
    for (const part of document.querySelectorAll("#goods, #sale > div")) part.inert = this.sending === true; // it is being sold as it is
    show(byId("sell"), say(this.sending ? "selling" : "sell"));
  }

  async sell() {
    const { cart, device } = this; // whatever printer is chosen meanwhile
    if (cart.empty || this.sending) return;
    const wrong = cart.wrong();
    if (wrong.length > 0) return this.tell(null, wrong, say("unreadable"));
    const operation = this.operation();
    const { places } = this;
    this.sending = true;
    this.ready();
    try {
      const { totals } = await this.bridge.preview(device.id, operation);
      const payments = cart.paid(totals.due, places);
      if (await this.takeCards(cart, payments)) await this.submit({ ...operation, payments }, cart, device.id);
    } catch (error) {
      this.refused(error); // the preview was: nothing was asked for yet
    } finally {
      this.sending = false;
      this.ready();
    }
  }

  /** Cards first: the receipt names the payment that it records. False: a card was not charged, and nothing is sold. */
  async takeCards(cart, payments) {
    const { currency } = cart.shop;
    const terminal = this.terminals.find((one) => one.currency === currency);
    if (terminal === undefined) return true;
    const left = [...cart.charged]; // charged already, and then the receipt was refused
    for (const payment of payments.filter(({ kind }) => kind === "card")) {
      const before = left.findIndex(({ amount }) => amount === payment.amount);
      if (before >= 0) {
        payment.payment_job = left.splice(before, 1)[0].job;
        continue;
      }
      const job = await this.charge(terminal, payment.amount, cart);
      if (job === null) return false;
      cart.charged.push({ amount: payment.amount, job });
      payment.payment_job = job;
    }
    return true;
  }

  /** The terminal's word on one card: the job's id where it was charged, else null. */
  async charge(terminal, amount, { shop, reference }) {
    const operation = { op: "payment.purchase", amount, currency: shop.currency, reference, part: true };
    const card = this.outcomes.begin(title(operation), terminal.face);
    const tell = (outcome) => this.outcomes.tell(card, outcome);
    const outcome = await this.bridge.submit(terminal.id, operation, { wait: PATIENCE_SECONDS, onChange: tell });
    card.followed = false;
    tell(outcome);
    if (outcome.status === "refused") this.refused(outcome);
    return outcome.status === "done" ? outcome.job.id : null;
  }

  /** Ask for it, and go on as soon as the bridge has taken it; the card is told the rest whenever it comes. */
  submit(operation, cart, device) {
    const card = this.outcomes.begin(title(operation));
    const reference = cart?.reference;
    return new Promise((taken) => {
      const tell = (outcome) => {
        this.outcomes.tell(card, outcome);
        if (outcome.status === "refused") this.refused(outcome);
        else if (cart !== undefined) this.sold(cart, reference);
        taken();
      };
      this.bridge.submit(device, operation, { wait: PATIENCE_SECONDS, onChange: tell }).then(
        (outcome) => {
          card.followed = false;
          tell(outcome);
        },
        (error) => {
          this.outcomes.drop(card);
          show(byId("wrong"), error.message);
          taken();
        },
      );
    });
  }

  /** The cart is free for the next sale. What is told of this one later is no concern of the goods that are in it by then. */
  sold(cart, reference) {
    if (cart.reference !== reference) return;
    cart.clear();
    if (cart === this.cart) this.draw();
  }
}
