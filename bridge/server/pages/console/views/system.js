// The bridge itself: health, version, addresses, the bundle for support, the attendant's PIN.
import { file, save } from "../api.js";
import { Component, html } from "../html.js";
import { full, t } from "../i18n.js";
import { Facts, Field, Mark, Panel, Title } from "../parts.js";
import { attempt, state } from "../store.js";
import { Pin } from "./pin.js";

const WORDS = () => ({ ok: t("all is well"), degraded: t("works, but something needs a person"), down: t("takes no documents") });
const TONES = { ok: "ok", degraded: "warn", down: "bad" };

export const System = () => html`
  <${Title} text=${t("System")} />
  <div class="columns even">
    <${Panel} title=${t("Health")} id="health" aside=${state.health && html`<${Mark} tone=${TONES[state.health.status]}>${WORDS()[state.health.status] ?? state.health.status}<//>`}>
      ${state.health?.problems?.length
        ? html`<ul>${state.health.problems.map((one) => html`<li key=${one}>${one}</li>`)}</ul>`
        : html`<p>${t("Nothing is wrong.")}</p>`}
      ${state.health?.journal &&
      html`<${Facts}
        rows=${[
          [t("Journal"), state.health.journal.writable ? t("can be written") : t("cannot be written"), state.health.journal.writable ? "" : "bad"],
          [t("Writes since the start"), state.health.journal.commits],
          [t("Open jobs"), state.health.jobs.open],
          [t("Jobs in doubt"), state.health.jobs.unresolved, state.health.jobs.unresolved ? "bad" : ""],
        ]}
      />`}
    <//>
    <${Panel} title=${t("About")} id="about">
      <${Facts}
        rows=${[
          [t("Version"), state.bridge?.version],
          [t("Started"), state.bridge && full(state.bridge.started_at)],
          [t("This installation"), state.bridge && html`<code>${state.bridge.instance_id}</code>`],
          [t("Address"), html`<code>${location.origin}</code>`],
          [t("For tills"), html`<code>${location.origin}/api/v1</code>`],
          [t("Signed in as"), state.session?.label],
        ]}
      />
      <p><a href="/docs" target="_blank" rel="noopener">${t("The API, with every call to try")}</a></p>
    <//>
    <${Panel} title=${t("Bundle for support")} id="bundle">
      <p>${t("Logs, wire logs, jobs, devices and the findings of the doctor in one file, without secrets and without what customers are called. Nothing is sent: look into it before you hand it on.")}</p>
      <${Bundle} />
    <//>
    <${Panel} title=${t("Attendant's PIN")} id="pin">
      <p>${t("With it the person at the till sees how the devices are, answers questions and settles what is in doubt. Nothing of an administrator's is there.")}</p>
      <${Pin} />
    <//>
  </div>
`;

class Bundle extends Component {
  constructor(props) {
    super(props);
    this.state = { busy: false };
  }

  async pack(event) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const job = form.get("job").trim();
    this.setState({ busy: true });
    await attempt(async () => {
      const { blob, name } = await file("POST", "/bundle", { since: form.get("since"), ...(job ? { job } : {}) });
      save(blob, name ?? "tillbridge-bundle.zip");
    }, t("The bundle is among your downloads."));
    this.setState({ busy: false });
  }

  render(_, { busy }) {
    return html`
      <form onSubmit=${(event) => this.pack(event)}>
        <div class="fields">
          <${Field} id="b-since" name="since" label=${t("How far back")}
            make=${(attributes) => html`<select ...${attributes}>
              <option value="1d">${t("one day")}</option>
              <option value="7d" selected>${t("one week")}</option>
              <option value="30d">${t("one month")}</option>
            </select>`} />
          <${Field} id="b-job" name="job" label=${t("About a job")} hint=${t("Its number, if it is about one.")}
            make=${(attributes) => html`<input ...${attributes} autocomplete="off" spellcheck="false" />`} />
        </div>
        <div class="actions"><button type="submit" disabled=${busy}>${busy ? t("Packing …") : t("Download the bundle")}</button></div>
      </form>
    `;
  }
}

