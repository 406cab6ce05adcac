// The attendant's view: how the devices are, what waits for an answer, what is in doubt, today's receipts. Large, and nothing else.
import { ofDevice } from "../attention.js";
import { get } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { DeviceMark, Empty, Loaded, Mark, Panel, Title } from "../parts.js";
import { state } from "../store.js";
import { foreign } from "../texts.js";
import { shift } from "../words.js";
import { acknowledge } from "./devices.js";
import { JobTable } from "./jobs.js";
import { Prompt, asking } from "./prompts.js";
import { Settle, doubtful } from "./settle.js";

const today = (job) => new Date(job.created_at).toDateString() === new Date().toDateString();
const waiting = () => [...state.open.values()].filter((job) => job.attention && !job.attention.prompt_id && job.state !== "unresolved");

const worst = (device) => ofDevice(device)[0] && (ofDevice(device).some((one) => one.tone === "bad") ? "bad" : "warn");

export const Attendant = () => html`
  <${Title} text=${t("At the till")} />
  ${asking().map((job) => html`<${Prompt} key=${job.attention.prompt_id} job=${job} />`)}
  ${doubtful().map((job) => html`<${Settle} key=${job.id} job=${job} />`)}
  ${waiting().map((job) => html`<div class="notice warn large" key=${job.id}><p>${job.device}: ${foreign(job.attention.text)}</p></div>`)}
  <div class="cards">
    ${state.devices.map(
      (device) => html`
        <article class=${`card large ${worst(device)}`} key=${device.id} aria-label=${device.id}>
          <header><h2>${device.id}</h2><${DeviceMark} device=${device} /></header>
          ${ofDevice(device).map((one) => html`<p class=${`line ${one.tone}`} key=${one.key}><${Mark} tone=${one.tone}>${one.brief ?? one.text}<//></p>`)}
          ${(device.alerts ?? []).map((alert) => html`<p key=${alert.id}><button type="button" onClick=${() => acknowledge(device.id, alert.id)}>${t("Seen")}</button></p>`)}
          ${ofDevice(device).length === 0 && html`<p>${t("Ready for the next customer.")}</p>`}
          ${device.status?.shift && html`<p class="muted">${shift(device.status.shift)}</p>`}
        </article>
      `,
    )}
    ${state.devices.length === 0 && html`<${Empty}>${t("No device is configured yet.")}<//>`}
  </div>
  <${Panel} title=${t("Today's documents")} id="today">
    <${Loaded}
      load=${() => get("/jobs?limit=100")}
      on=${(kind) => kind.startsWith("job.")}
      show=${({ jobs }) => html`<${JobTable} jobs=${jobs.filter(today)} />`}
    />
  <//>
`;
