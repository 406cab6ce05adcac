// A device is added or changed: its family's settings out of the schema, tried before they are saved.
import { call, get, part, post } from "../api.js";
import { Component, createRef, html } from "../html.js";
import { t } from "../i18n.js";
import { Facts, Field, Loaded, Refused, Title } from "../parts.js";
import { go, to } from "../route.js";
import { families, readDevices, say, state } from "../store.js";
import { SchemaFields, readFields } from "../schema_form.js";
import { named } from "./devices.js";

const ID = "[a-z0-9][a-z0-9._\\-]{0,39}";

/** A new device; `asked` may say what a search found: { family, url }. */
export const AddDevice = ({ asked }) => html`
  <${Title} text=${t("Add a device")} />
  <p>${t("If you do not know the address, let the bridge look for it:")} <a href=${to("devices", "find")}>${t("Look for devices")}</a></p>
  <${DeviceForm} key=${JSON.stringify(asked)} config=${{ family: asked.family ?? "", url: asked.url ?? "", settings: {} }} stored=${[]} />
`;

export const EditDevice = ({ id }) => html`
  <${Title} text=${t("Edit {device}", { device: id })} />
  <${Loaded} key=${id} load=${() => get(`/devices/${part(id)}/config`)} show=${({ config, secrets }) => html`<${DeviceForm} id=${id} config=${config} stored=${secrets} />`} />
`;

const OUTCOMES = () => ({
  identified: t("A device answered and said who it is."),
  unrecognised: t("Something answers there, but it is no such device."),
  silent: t("The address can be opened, but nothing answers."),
  not_opened: t("The address cannot be opened."),
  failed: t("The attempt failed."),
  hung: t("The attempt did not come to an end."),
  configured: t("This address belongs to a configured device and was left alone."),
  in_use: t("Another program uses this address."),
});

const GOOD = ["identified", "configured"];

class DeviceForm extends Component {
  constructor(props) {
    super(props);
    this.form = createRef();
    this.state = { family: props.config.family || (families().length === 1 ? families()[0].id : ""), problem: null, checked: null, busy: null };
  }

  read() {
    const form = new FormData(this.form.current);
    const family = families().find((one) => one.id === this.state.family);
    const common = state.common ? readFields(form, state.common, "") : {};
    return {
      id: form.get("id") ?? this.props.id,
      config: {
        ...common,
        family: this.state.family,
        url: form.get("url").trim(),
        settings: family ? readFields(form, family.settings, "settings", family.secrets) : {},
      },
    };
  }

  async tried(what, doing) {
    this.setState({ busy: what, problem: null, checked: null });
    try {
      await doing();
    } catch (problem) {
      if (!("fields" in problem)) throw problem;
      this.setState({ problem });
    }
    this.setState({ busy: null });
  }

  check() {
    if (!this.form.current.elements.url.reportValidity()) return;
    this.tried("check", async () => {
      const { config } = this.read();
      const { family, url, settings } = config;
      const about = this.props.id ? { device: this.props.id } : {};
      this.setState({ checked: await post("/discovery/check", { family, url, settings, ...about }) });
    });
  }

  save(event) {
    event.preventDefault();
    this.tried("save", async () => {
      const { id, config } = this.read();
      await call("PUT", `/devices/${part(id)}/config`, config);
      await readDevices();
      say(t("{device} is saved. The bridge connects to it now.", { device: id }));
      go("devices", id);
    });
  }

  render({ id, config, stored }, { family: chosen, problem, checked, busy }) {
    const known = families();
    const family = known.find((one) => one.id === chosen);
    const examples = Object.values(family?.endpoints ?? {}).map((one) => one.example);
    return html`
      <form ref=${this.form} class="sheet" onSubmit=${(event) => this.save(event)}>
        <${Refused} problem=${problem} />
        <div class="fields">
          ${!id &&
          html`<${Field} id="f-id" name="id" label=${t("Name")} problem=${problem} hint=${t("Small letters, digits, dot, hyphen: till-1. Tills call the device by it.")}
            make=${(attributes) => html`<input ...${attributes} required pattern=${ID} autocomplete="off" spellcheck="false" />`} />`}
          <${Field} id="f-family" name="family" label=${t("Kind of device")} problem=${problem}
            make=${(attributes) => html`
              <select ...${attributes} required disabled=${Boolean(id)} onChange=${(event) => this.setState({ family: event.currentTarget.value, checked: null })}>
                ${chosen === "" && html`<option value="">${t("choose")}</option>`}
                ${known.map((one) => html`<option key=${one.id} value=${one.id} selected=${one.id === chosen}>${one.title}</option>`)}
                ${chosen && !family && html`<option value=${chosen} selected>${chosen}</option>`}
              </select>
            `} />
          <${Field} id="f-url" name="url" label=${t("Address")} problem=${problem} wide
            hint=${examples.length ? t("For example {examples}", { examples: examples.join(", ") }) : null}
            make=${(attributes) => html`<input ...${attributes} required defaultValue=${config.url} list="f-url-examples" autocomplete="off" spellcheck="false" />`} />
          <datalist id="f-url-examples">${examples.map((one) => html`<option value=${one} />`)}</datalist>
        </div>
        ${family &&
        html`
          <h2>${t("Settings of {family}", { family: family.title })}</h2>
          <${SchemaFields} key=${family.id} schema=${family.settings} secrets=${family.secrets} stored=${stored} values=${config.settings} path="settings" problem=${problem} />
        `}
        ${state.common &&
        html`
          <details class="outer">
            <summary>${t("What every device has: time limits, strictness, sharing")}</summary>
            <${SchemaFields} schema=${state.common} values=${config} path="" problem=${problem} />
          </details>
        `}
        <div role="status" aria-live="polite">${checked && html`<${Checked} checked=${checked} />`}</div>
        <div class="actions">
          <button type="submit" class="primary" disabled=${busy !== null}>${busy === "save" ? t("Saving …") : t("Save")}</button>
          <button type="button" disabled=${busy !== null || !family} onClick=${() => this.check()}>${busy === "check" ? t("Asking …") : t("Check the address")}</button>
          <a class="button" href=${id ? to("devices", id) : to("devices")}>${t("Cancel")}</a>
        </div>
      </form>
    `;
  }
}

const Checked = ({ checked }) => html`
  <div class=${`notice ${GOOD.includes(checked.outcome) ? "ok" : "bad"}`}>
    <p><strong>${OUTCOMES()[checked.outcome] ?? checked.outcome}</strong></p>
    <${Facts}
      rows=${[
        [t("Identity"), checked.identity && named(checked.identity)],
        [t("Device"), checked.device],
        [t("Configured already as"), checked.configured_as],
        [t("Why"), checked.reason],
        [t("Answer"), checked.received?.text],
      ]}
    />
  </div>
`;
