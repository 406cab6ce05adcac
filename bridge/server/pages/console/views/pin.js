// The attendant's PIN: set and taken away by an administrator, typed in by the attendant.
import { call, get, post } from "../api.js";
import { Component, html } from "../html.js";
import { duration, full, t } from "../i18n.js";
import { Check, Facts, Field, Loaded, Refused } from "../parts.js";
import { attempt, open, say, state } from "../store.js";

const digits = { type: "password", inputmode: "numeric", autocomplete: "off", required: true };

export const Pin = () => html`<${Loaded} load=${() => get("/console/attendant")} show=${(now, again) => html`<${PinForm} now=${now} again=${again} />`} />`;

class PinForm extends Component {
  constructor(props) {
    super(props);
    this.state = { problem: null };
  }

  async put(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const devices = given.getAll("devices");
    if (state.devices.length > 0 && devices.length === 0) return say(t("Tick at least one device."), true);
    const some = devices.length < state.devices.length ? { devices } : {};
    this.setState({ problem: null });
    try {
      await call("PUT", "/console/attendant", { pin: given.get("pin"), ...some });
      form.reset();
      say(t("The PIN is set. Whoever knows it can open the attendant's view on this computer."));
      this.props.again();
    } catch (problem) {
      this.setState({ problem });
    }
    return undefined;
  }

  async does(doing, done) {
    await attempt(doing, done);
    this.props.again();
  }

  render({ now }, { problem }) {
    return html`
      <${Facts}
        rows=${[
          [t("PIN"), now.set ? t("set {when}", { when: full(now.set_at) }) : t("none")],
          [t("Devices"), now.set && (now.devices === null ? t("all") : now.devices.join(", "))],
          [t("Signed in now"), now.set && String(now.sessions)],
          [t("Wrong tries"), now.wrong > 0 && String(now.wrong), "warn"],
        ]}
      />
      ${now.locked_for > 0 &&
      html`<div class="notice warn">
        <p>${t("After too many wrong tries it is locked for {time}.", { time: duration(now.locked_for) })}</p>
        <button type="button" onClick=${() => this.does(() => post("/console/attendant/unlock"), t("It may be tried again."))}>${t("Unlock")}</button>
      </div>`}
      <form onSubmit=${(event) => this.put(event)}>
        <${Refused} problem=${problem} />
        <${Field} id="pin-new" name="pin" label=${t("New PIN")} problem=${problem} hint=${t("Six to twelve digits, no run such as 123456.")}
          make=${(attributes) => html`<input ...${attributes} ...${digits} minlength="6" maxlength="12" pattern="[0-9]*" />`} />
        ${state.devices.length > 0 &&
        html`<fieldset class="choices">
          <legend>${t("On these devices")}</legend>
          ${state.devices.map((one) => html`<${Check} key=${one.id} name="devices" value=${one.id} title=${one.id} checked=${now.devices === null || now.devices.includes(one.id)} />`)}
        </fieldset>`}
        <div class="actions">
          <button type="submit">${t("Set the PIN")}</button>
          ${now.set &&
          html`<button type="button" class="danger" onClick=${() => this.does(() => call("DELETE", "/console/attendant"), t("There is no PIN any more; the attendant's view is closed."))}>${t("No PIN")}</button>`}
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
