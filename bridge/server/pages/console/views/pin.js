// The attendant's PIN: set and taken away by an administrator, typed in by the attendant.
import { call, post } from "../api.js";
import { Component, html } from "../html.js";
import { t } from "../i18n.js";
import { Field, Refused } from "../parts.js";
import { attempt, open } from "../store.js";

const digits = { type: "password", inputmode: "numeric", autocomplete: "off", required: true };

export class Pin extends Component {
  constructor(props) {
    super(props);
    this.state = { problem: null };
  }

  async put(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const pin = new FormData(form).get("pin");
    this.setState({ problem: null });
    try {
      await call("PUT", "/console/attendant", { pin });
      form.reset();
      await attempt(async () => {}, t("The PIN is set. Whoever knows it can open the attendant's view on this computer."));
    } catch (problem) {
      this.setState({ problem });
    }
  }

  render(_, { problem }) {
    return html`
      <form onSubmit=${(event) => this.put(event)}>
        <${Refused} problem=${problem} />
        <${Field} id="pin-new" name="pin" label=${t("New PIN")} problem=${problem} hint=${t("At least six digits.")}
          make=${(attributes) => html`<input ...${attributes} ...${digits} minlength="6" maxlength="12" pattern="[0-9]*" />`} />
        <div class="actions">
          <button type="submit">${t("Set the PIN")}</button>
          <button type="button" class="danger" onClick=${() => attempt(() => call("DELETE", "/console/attendant"), t("There is no PIN any more; the attendant's view is closed."))}>${t("No PIN")}</button>
        </div>
      </form>
    `;
  }
}

/** Where the attendant signs in. */
export class EnterPin extends Component {
  constructor(props) {
    super(props);
    this.state = { problem: null, busy: false };
  }

  async enter(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const pin = new FormData(form).get("pin");
    this.setState({ busy: true, problem: null });
    try {
      await open(await post("/session/attendant", { pin }));
    } catch (problem) {
      form.reset();
      this.setState({ problem, busy: false });
    }
  }

  render(_, { problem, busy }) {
    return html`
      <form class="pin" onSubmit=${(event) => this.enter(event)}>
        <h2>${t("At the till")}</h2>
        <${Refused} problem=${problem} />
        <${Field} id="pin" name="pin" label=${t("PIN")} hint=${t("The administrator has set it. It opens the attendant's view.")}
          make=${(attributes) => html`<input ...${attributes} ...${digits} maxlength="12" />`} />
        <div class="actions"><button type="submit" class="primary" disabled=${busy}>${t("Open")}</button></div>
      </form>
    `;
  }
}
