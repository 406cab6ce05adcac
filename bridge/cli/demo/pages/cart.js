// What is being sold: lines, discounts, payments, customer; and the operation that the bridge is asked for. No element of the page.

import { decimal, discount, fromUnits, plain, units } from "./decimals.js";

const QUANTITY_PLACES = 3;

export class Cart {
  constructor(shop) {
    this.shop = shop;
    this.clear();
  }

  clear() {
    this.lines = [];
    this.discount = "";
    this.taxNumber = "";
    this.email = "";
    this.payments = [{ kind: "cash", amount: "" }];
    this.charged = []; // what cards have paid of it: { amount, job }
    this.reference = reference();
  }

  get empty() {
    return this.lines.length === 0;
  }

  /** One more of it. What is weighed comes in tenths. */
  add(goods) {
    const line = this.lines.find((one) => one.goods === goods && one.discount === "");
    if (line === undefined) this.lines.push({ goods, quantity: weighed(goods) ? "0.1" : "1", discount: "" });
    else this.step(line, 1);
  }

  step(line, direction) {
    const now = units(decimal(line.quantity) ?? "0", QUANTITY_PLACES) ?? 0n;
    const next = now + BigInt(direction) * (weighed(line.goods) ? 100n : 1000n);
    if (next <= 0n) this.remove(line);
    else line.quantity = plain(fromUnits(next, QUANTITY_PLACES));
  }

  remove(line) {
    this.lines = this.lines.filter((one) => one !== line);
  }

  /** The fields that cannot be read, by the names that the API has for them. */
  wrong() {
    const found = [];
    this.lines.forEach((line, index) => {
      const quantity = decimal(line.quantity);
      if (quantity === null || !/[1-9]/.test(quantity)) found.push(`lines.${index}.quantity`);
      if (discount(line.discount) === undefined) found.push(`lines.${index}.discount`);
    });
    if (discount(this.discount) === undefined) found.push("discount");
    this.payments.forEach((payment, index) => {
      if (payment.amount.trim() !== "" && decimal(payment.amount) === null) found.push(`payments.${index}.amount`);
    });
    return found;
  }

  /** The receipt without its payments. `sends`: the ways in which this device brings a receipt to the customer. */
  operation(sends = []) {
    const customer = {};
    if (this.taxNumber.trim() !== "") customer.ids = [{ type: this.shop.customer?.type ?? "nip", value: this.taxNumber.trim() }];
    if (this.email.trim() !== "") customer.email = this.email.trim();
    const off = discount(this.discount);
    return {
      op: "receipt",
      kind: "sale",
      currency: this.shop.currency,
      reference: this.reference,
      lines: this.lines.map((line) => {
        const lineOff = discount(line.discount);
        return {
          name: line.goods.name,
          quantity: decimal(line.quantity),
          unit: line.goods.unit,
          price: line.goods.price,
          vat: line.goods.vat,
          ...(lineOff ? { discount: lineOff } : {}),
        };
      }),
      ...(off ? { discount: off } : {}),
      ...(Object.keys(customer).length > 0 ? { customer } : {}),
      ...(customer.email && sends.includes("email") ? { delivery: { email: customer.email } } : {}),
      operator: { name: this.shop.operator },
      fit: "lenient",
    };
  }

  /** How it is paid when so much is due: whoever typed no amount pays what is left. */
  paid(due, places) {
    const typed = this.payments.map((payment) => {
      const amount = payment.amount.trim() === "" ? null : decimal(payment.amount);
      return { kind: payment.kind, units: amount === null ? null : units(amount, places) };
    });
    let left = units(due, places) - typed.reduce((sum, payment) => sum + (payment.units ?? 0n), 0n);
    const made = [];
    for (const payment of typed) {
      const amount = payment.units ?? (left > 0n ? left : 0n);
      if (payment.units === null) left -= amount;
      if (amount > 0n) made.push({ kind: payment.kind, amount: fromUnits(amount, places) });
    }
    return made;
  }

  get typed() {
    return this.payments.some((payment) => payment.amount.trim() !== "");
  }
}

export const weighed = (goods) => goods.unit === "kg";

/** The order's own number: eight letters and digits that are not mistaken for each other. */
function reference() {
  const letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
  return `DEMO-${[...crypto.getRandomValues(new Uint8Array(8))].map((byte) => letters[byte % letters.length]).join("")}`;
}
