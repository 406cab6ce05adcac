// The one dialog: says what is going to happen, may ask for a reason or for a promise, and answers once.
import { Component, createRef, html } from "./html.js";
import { t } from "./i18n.js";

let host = null;

/**
 * Ask. Resolves to null where it is cancelled, else to what was filled in: { reason, ... }.
 * `title` and `text`, which are sentences: strings, or what texts.js makes of what others wrote; `reason`: a label where a reason is needed; `promise`: a sentence to be ticked; `danger`: it cannot be undone.
 */
export const ask = (question) => host.ask(question);

export class Confirm extends Component {
  constructor(props) {
    super(props);
    this.dialog = createRef();
    this.state = { question: null };
    host = this;
  }

  ask(question) {
    this.before = document.activeElement;
    return new Promise((resolve) => {
      this.resolve = resolve;
      this.setState({ question }, () => this.dialog.current.showModal());
    });
  }

  answer(value) {
    const resolve = this.resolve;
    this.resolve = null;
    if (!resolve) return;
    if (this.dialog.current.open) this.dialog.current.close();
    this.setState({ question: null });
    this.before?.focus?.();
    resolve(value);
  }

  /** The browser tells of it a moment later, when the next question may stand there already. */
  closed() {
    if (!this.dialog.current.open) this.answer(null);
  }

  submit(event) {
    event.preventDefault();
    this.answer(Object.fromEntries(new FormData(event.currentTarget)));
  }

  render(_, { question }) {
    return html`
      <dialog ref=${this.dialog} aria-labelledby="question" onClose=${() => this.closed()}>
        ${question &&
        html`
          <form onSubmit=${(event) => this.submit(event)}>
            <h2 id="question">${question.title}</h2>
            ${question.text.map((sentence, index) => html`<p key=${index}>${sentence}</p>`)}
            ${question.show && html`<p class="secret"><code tabindex="0">${question.show}</code></p>`}
            ${question.reason &&
            html`<div class="field wide">
              <label for="question-reason">${question.reason}</label>
              <textarea id="question-reason" name="reason" required minlength="3" maxlength="500" rows="2"></textarea>
            </div>`}
            ${question.promise &&
            html`<label class="check"><input type="checkbox" name="promise" required /><span>${question.promise}</span></label>`}
            <div class="actions">
              <button type="submit" class=${question.danger ? "danger" : "primary"}>${question.action}</button>
              ${!question.show && html`<button type="button" onClick=${() => this.answer(null)}>${t("Cancel")}</button>`}
            </div>
          </form>
        `}
      </dialog>
    `;
  }
}
