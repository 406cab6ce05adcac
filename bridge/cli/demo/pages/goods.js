// The shelf and the cart as they are seen. Rows stay the same elements while their line is there, so that nobody loses the focus.

import { weighed } from "./cart.js";
import { decimal, units } from "./decimals.js";
import { byId, node } from "./dom.js";
import { figure, say } from "./texts.js";

export class Goods {
  /** `changed` is called behind each change of the cart. */
  constructor(changed) {
    this.changed = changed;
    this.rows = new Map();
  }

  /** The shelf of a shop. `taxes`: the tax table of its printer. */
  open(cart, taxes) {
    this.cart = cart;
    byId("goods").replaceChildren(
      ...cart.shop.goods.map((goods) =>
        node(
          "button",
          { type: "button", class: "ware", onclick: () => this.add(goods) },
          node("span", { class: "name" }, goods.name),
          node("span", { class: "price" }, `${figure(goods.price)}${weighed(goods) ? `/${goods.unit}` : ""}`),
          node("span", { class: "tax" }, `${letter(goods.vat, taxes)} ${goods.vat}`.trim()),
        ),
      ),
    );
    this.rows.clear();
    byId("lines").replaceChildren();
    this.draw();
  }

  add(goods) {
    this.cart.add(goods);
    this.draw();
    const box = byId("cart-box");
    box.scrollTop = box.scrollHeight;
    this.changed();
  }

  /** The rows as the cart has them. */
  draw() {
    for (const [line, row] of this.rows) {
      if (this.cart.lines.includes(line)) continue;
      row.remove();
      this.rows.delete(line);
    }
    for (const line of this.cart.lines) {
      if (!this.rows.has(line)) {
        this.rows.set(line, this.row(line));
        byId("lines").append(this.rows.get(line));
      }
      const quantity = this.rows.get(line).querySelector(".quantity");
      if (quantity.value !== line.quantity) quantity.value = line.quantity;
    }
    byId("cart").hidden = this.cart.empty;
    byId("cart-empty").hidden = !this.cart.empty;
  }

  /** What each line comes to, and which fields are wrong, by the names of the API. */
  tell(amounts, wrong) {
    this.cart.lines.forEach((line, index) => {
      const row = this.rows.get(line);
      row.querySelector(".amount").textContent = amounts?.[index] ? figure(amounts[index].total) : "–";
      mark(row.querySelector(".quantity"), wrong, `lines.${index}.quantity`);
      mark(row.querySelector(".off"), wrong, `lines.${index}.discount`);
    });
  }

  row(line) {
    const name = line.goods.name;
    const step = (direction, sign, text) =>
      node(
        "button",
        { type: "button", class: "step", "aria-label": say(text, { name }), onclick: () => this.step(line, direction) },
        sign,
      );
    const typed = (member) => (event) => {
      line[member] = event.target.value;
      this.changed();
    };
    return node(
      "tr",
      {},
      node("td", {}, name),
      node(
        "td",
        { class: "steps" },
        step(-1, "−", "less"),
        node("input", {
          class: "quantity",
          inputmode: "decimal",
          "aria-label": say("quantityOf", { name }),
          oninput: typed("quantity"),
        }),
        step(1, "+", "more"),
      ),
      node(
        "td",
        {},
        node("input", { class: "off", placeholder: "0", "aria-label": say("discountOn", { name }), oninput: typed("discount") }),
      ),
      node("td", { class: "number amount" }, "–"),
      node(
        "td",
        {},
        node(
          "button",
          { type: "button", class: "step", "aria-label": say("removeOne", { name }), onclick: () => this.remove(line) },
          "×",
        ),
      ),
    );
  }

  step(line, direction) {
    this.cart.step(line, direction);
    this.gone(line);
  }

  remove(line) {
    this.cart.remove(line);
    this.gone(line);
  }

  gone(line) {
    this.draw();
    // The row that had the focus is not there any more.
    if (!this.cart.lines.includes(line)) byId("cart-box").focus();
    this.changed();
  }
}

/** Whether this field, or a part of it, is among those that are wrong. */
export function mark(element, wrong, field) {
  const bad = wrong.some((one) => one === field || one.startsWith(`${field}.`));
  if (bad) element.setAttribute("aria-invalid", "true");
  else element.removeAttribute("aria-invalid");
}

function letter(vat, taxes) {
  const percent = decimal(vat.replace("%", ""));
  if (percent === null) return "";
  const found = taxes.filter((tax) => tax.active && tax.percent !== null && units(tax.percent, 2) === units(percent, 2));
  return found.length === 1 ? (found[0].letter ?? "") : "";
}
