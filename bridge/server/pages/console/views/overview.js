// The first view: what needs a person, how each device is, what is going on.
import { clockError, clockIsWrong, everything, ofDevice } from "../attention.js";
import { get } from "../api.js";
import { html } from "../html.js";
import { clock, duration, n, t } from "../i18n.js";
import { DeviceMark, Empty, Facts, Loaded, Mark, Panel, Title } from "../parts.js";
import { to } from "../route.js";
import { state } from "../store.js";
import { word, shift } from "../words.js";
import { JobTable } from "./jobs.js";

const bad = (yes) => (yes ? "bad" : "");

export function statusRows(device) {
  const said = device.status;
  const off = clockError(said);
  return [
    said?.paper && [t("Paper"), word(said.paper), said.paper === "low" ? "warn" : bad(said.paper === "out")],
    said?.cover && [t("Cover"), word(said.cover), bad(said.cover === "open")],
    said?.shift && [t("Shift"), shift(said.shift), bad(said.shift === "expired")],
    said?.fiscal_mode === false && [t("Mode"), t("training, not fiscal"), "warn"],
    said?.fiscal_memory && [t("Fiscal memory"), word(said.fiscal_memory), said.fiscal_memory === "low" ? "warn" : bad(said.fiscal_memory === "full")],
    said?.clock && [
      t("Clock"),
      clockIsWrong(said)
        ? off > 0
          ? t("{duration} fast", { duration: duration(off) })
          : t("{duration} slow", { duration: duration(-off) })
        : clock(said.clock),
      clockIsWrong(said) ? "warn" : "",
    ],
    [t("Queue"), device.queue?.length ? n("{count} job waits", "{count} jobs wait", device.queue.length) : t("empty")],
    [t("Last document"), said?.last_document],
    [t("Last error"), device.last_error !== device.reason && device.last_error, "warn"],
  ];
}

const DeviceCard = ({ device }) => {
  const worst = ofDevice(device);
  return html`
    <article class=${`card ${worst.some((one) => one.tone === "bad") ? "bad" : worst.length ? "warn" : ""}`} aria-label=${device.id}>
      <header>
        <h3><a href=${to("devices", device.id)}>${device.id}</a></h3>
        <${DeviceMark} device=${device} />
      </header>
      <p class="muted">${device.identity?.model ?? device.title ?? device.family}</p>
      ${worst.map((one) => html`<p class=${`line ${one.tone}`} key=${one.key}><${Mark} tone=${one.tone}>${one.brief ?? one.text}<//></p>`)}
      <${Facts} rows=${statusRows(device)} />
    </article>
  `;
};

export const Attention = ({ found }) => html`
  <${Panel} title=${found.length ? t("Needs a person") : t("All is well")} kind=${found.length ? "attention" : "well"} id="attention">
    ${found.length === 0
      ? html`<p>${t("No device complains, no job waits and nobody asks to be let in.")}</p>`
      : html`<ul class="todo">
          ${found.map(
            (one, index) => html`
              <li key=${index}>
                <${Mark} tone=${one.tone}><b>${one.what}</b><//>
                <span class="text">${one.text}</span>
                <a class="button" href=${one.href} aria-label=${`${one.act ?? t("Look")}: ${one.what}`}>${one.act ?? t("Look")}</a>
              </li>
            `,
          )}
        </ul>`}
  <//>
`;

export const Overview = () => html`
  <${Title} text=${t("Overview")} />
  <${Attention} found=${everything()} />
  <div class="columns">
    <${Panel} title=${t("Devices")} id="devices" aside=${html`<a class="button" href=${to("devices", "add")}>${t("Add a device")}</a>`}>
      ${state.devices.length === 0
        ? html`<${Empty}>${t("No device is configured yet. Let the bridge look for devices, or enter one by hand.")}<//>`
        : html`<div class="cards">${state.devices.map((device) => html`<${DeviceCard} key=${device.id} device=${device} />`)}</div>`}
    <//>
    <${Panel} title=${t("Latest jobs")} id="latest" aside=${html`<a href=${to("jobs")}>${t("All jobs")}</a>`}>
      <${Loaded}
        load=${() => get("/jobs?limit=12")}
        on=${(kind) => kind === "job.updated" || kind === "job.amended"}
        show=${({ jobs }) => html`<${JobTable} jobs=${jobs} short />`}
      />
    <//>
  </div>
`;

