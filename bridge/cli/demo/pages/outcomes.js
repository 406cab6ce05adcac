// What became of each sale, as the bridge tells it: one card each, the newest on top, until a person has taken note of it.

import { byId, node, show } from "./dom.js";
import { money, say, sayOf, sentence } from "./texts.js";

const FINAL = ["done", "declined", "unconfirmed", "failed", "refused"];

export class Outcomes {
  /** `acts`: collect(outcome), again(outcome), cancel(job), answer(job, prompt, choice), look(), picture(job). */
  constructor(acts) {
    this.acts = acts;
    this.cards = [];
    this.empty();
  }

  /** A new card, for a sale that is on its way. `face`: where the customer of a card payment is played. */
  begin(title, face) {
    const card = {
      element: node("article", { class: "outcome" }),
      head: node("h3"),
      what: node("p", { class: "what" }, title),
      told: node("p", { class: "told" }),
      more: node("p", { class: "more" }),
      actions: node("p", { class: "actions" }),
      face,
      outcome: null,
      followed: true, // somebody waits for its end
      drawn: "",
    };
    card.element.append(card.head, card.what, card.told, card.more, card.actions);
    this.cards.unshift(card);
    byId("outcomes").prepend(card.element);
    this.empty();
    this.draw(card, "sending", say("is.sending"), say("told.sending"), "", []);
    return card;
  }

  /** The card of this job or key, if there is one. */
  find(outcome) {
    return this.cards.find(({ outcome: known }) => known !== null && same(known, outcome));
  }

  /** What is known now. */
  tell(card, outcome) {
    card.outcome = outcome;
    const [told, more] = texts(outcome);
    const head = sayOf(`is.${outcome.status}`, isPayment(operationOf(outcome)));
    this.draw(card, outcome.status, head, told, more, this.actions(card, outcome));
  }

  drop(card) {
    const focused = card.element.contains(document.activeElement);
    card.element.remove();
    this.cards = this.cards.filter((one) => one !== card);
    this.empty();
    if (focused) byId("sell").focus();
  }

  draw(card, status, head, told, more, actions) {
    const names = JSON.stringify([status, told, more, actions.map(([name]) => name)]);
    if (card.drawn === names) return; // said already
    card.drawn = names;
    card.element.dataset.status = status;
    show(card.head, head);
    show(card.told, told);
    show(card.more, more);
    card.more.hidden = more === "";
    card.actions.hidden = actions.length === 0;
    card.actions.replaceChildren(
      ...actions.map(([name, act]) => node("button", { type: "button", class: "plain", onclick: act }, name)),
    );
  }

  actions(card, outcome) {
    const made = [];
    if (FINAL.includes(outcome.status)) {
      const ok = async () => {
        await this.acts.collect(outcome);
        this.drop(card);
      };
      if (outcome.status === "failed" && !isPayment(outcome.job.operation)) {
        const again = async () => {
          await ok();
          this.acts.again(outcome);
        };
        made.push([say("sellAgain"), again]);
      }
      made.push([say("ok"), ok]);
      if (outcome.status === "done" && !isPayment(outcome.job.operation)) made.push([say("picture"), () => this.acts.picture(outcome.job)]);
    } else if (outcome.status === "unknown") {
      made.push([say("lookAgain"), () => this.acts.look()]);
    } else if (outcome.prompt) {
      for (const choice of outcome.prompt.choices)
        made.push([choice.text, () => this.acts.answer(outcome.job, outcome.prompt, choice)]);
    } else if (outcome.status === "waiting" && (outcome.job.state === "queued" || isPayment(outcome.job.operation))) {
      made.push([say("cancel"), () => this.acts.cancel(outcome.job)]);
    }
    if (card.face && outcome.status === "waiting") made.push([say("face"), () => open(card.face, "_blank", "noopener")]);
    return made;
  }

  empty() {
    const nothing = byId("outcomes").querySelector(".nothing");
    if (this.cards.length > 0) nothing?.remove();
    else if (nothing === null) byId("outcomes").append(node("p", { class: "nothing" }, say("outcomesEmpty")));
  }
}

const same = (one, other) =>
  one.job && other.job ? one.job.id === other.job.id : one.key !== undefined && one.key === other.key;

const operationOf = ({ job, operation }) => job?.operation ?? operation;

const isPayment = (operation) => operation?.op?.startsWith("payment.") === true;

/** What a sale is called: its number and its goods; a card payment by its amount. */
export function title(operation) {
  if (isPayment(operation)) {
    const amount = operation.amount ? money(operation.amount, operation.currency ?? "") : "";
    return [operation.reference, say("cardPayment", { amount })].filter(Boolean).join(" · ");
  }
  const goods = (operation?.lines ?? []).map((line) => `${line.quantity ?? "1"} × ${line.name}`).join(", ");
  return [operation?.reference, goods].filter(Boolean).join(" · ");
}

/** Two texts: what it means, and what the bridge or the printer said. */
function texts(outcome) {
  const { job, attention } = outcome;
  const why = sentence(attention?.text ?? "");
  const word = (name) => sayOf(name, isPayment(operationOf(outcome)));
  switch (outcome.status) {
    case "done": {
      const doubt = job.history.some((step) => step.state === "unresolved") ? word("told.doubt") : "";
      if (outcome.payment) {
        const { approved, currency, receipt_number: number, scheme } = outcome.payment;
        return [say("told.paid", { total: money(approved, currency), number: number ?? "", scheme: scheme ?? "" }) + doubt, ""];
      }
      const document = outcome.document;
      const total = document?.total ? money(document.total, job.operation?.currency ?? "") : "";
      const warnings = (job.result?.warnings ?? []).map((warning) => warning.message).join(" ");
      return [say("told.done", { number: document?.number ?? "", total }) + doubt, warnings];
    }
    case "declined":
      return [word("told.failed"), [outcome.payment?.reason_text, outcome.payment?.reason_code].filter(Boolean).join(", ")];
    case "failed":
      return [word("told.failed"), sentences(outcome.error.message, outcome.error.remedy)];
    case "unresolved":
      return [word("told.unresolved"), why];
    case "waiting":
      return [word(job.state === "running" ? "told.running" : "told.queued"), why];
    case "refused":
      return [say("told.refused"), problemText(outcome.problem)];
    case "unknown":
      return [outcome.reason, outcome.problem ? problemText(outcome.problem) : ""];
    default:
      return [outcome.payment?.text ?? "", ""];
  }
}

/** A refusal: each field that is wrong, why, and what to do. */
export function problemText(problem) {
  const fields = (problem.errors ?? []).map(
    (error) => `${error.field}: ${[error.message, error.remedy].filter(Boolean).join("; ")}.`,
  );
  return fields.length > 0 ? fields.join(" ") : sentences(problem.detail, problem.remedy);
}

const sentences = (...parts) => parts.filter(Boolean).map(sentence).join(" ");
