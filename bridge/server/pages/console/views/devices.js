// The list of devices, and one device with all that is known of it and all that can be done with it.
import { ofDevice } from "../attention.js";
import { call, get, part, post } from "../api.js";
import { ask } from "../confirm.js";
import { Component, Fragment, html } from "../html.js";
import { full, t } from "../i18n.js";
import { DeviceMark, Empty, Facts, Json, Loaded, Mark, Panel, Title } from "../parts.js";
import { go, to } from "../route.js";
import { attempt, device as find, readDevices, readStatus, state } from "../store.js";
import { woven } from "../texts.js";
import { jobState, taxKind, word } from "../words.js";
import { JobTable } from "./jobs.js";
import { statusRows } from "./overview.js";

export const Devices = () => html`
  <${Title} text=${t("Devices")}><a class="button primary" href=${to("devices", "add")}>${t("Add a device")}</a><//>
  ${state.devices.length === 0
    ? html`<${Empty}>${t("No device is configured yet. Let the bridge look for devices, or enter one by hand.")}<//>`
    : html`
        <div class="scroll" tabindex="0" role="region" aria-label=${t("Devices")}>
          <table>
            <thead>
              <tr>
                <th scope="col">${t("Device")}</th>
                <th scope="col">${t("State")}</th>
                <th scope="col">${t("Identity")}</th>
                <th scope="col">${t("Address")}</th>
                <th scope="col">${t("Queue")}</th>
              </tr>
            </thead>
            <tbody>
              ${state.devices.map(
                (one) => html`
                  <tr key=${one.id}>
                    <td><a href=${to("devices", one.id)}>${one.id}</a></td>
                    <td class="text">
                      <${DeviceMark} device=${one} />
                      ${ofDevice(one).map((item) => html`<div key=${item.key}><${Mark} tone=${item.tone}>${item.brief ?? item.text}<//></div>`)}
                    </td>
                    <td>${named(one.identity)}<div class="muted">${one.title ?? one.family}</div></td>
                    <td class="address">${one.url}</td>
                    <td>${one.queue?.length ?? 0}</td>
                  </tr>
                `,
              )}
            </tbody>
          </table>
        </div>
      `}
`;

export const named = (identity) =>
  identity === null || identity === undefined
    ? t("never answered yet")
    : [identity.model, identity.fiscal_number, identity.serial].filter(Boolean).join(", ");

const at = (id, ...more) => `/devices/${[id, ...more].map(part).join("/")}`;

// -- what can be done ---------------------------------------------------------------------------------------------------

async function remove(id) {
  const sure = await ask({
    title: t("Remove {device}?", { device: id }),
    text: [t("Tills that use it are refused from then on. Its jobs stay in the journal.")],
    action: t("Remove"),
    danger: true,
  });
  if (sure === null) return;
  if (await attempt(() => call("DELETE", at(id, "config")), t("{device} was removed.", { device: id }))) {
    await readDevices();
    go("devices");
  }
}

async function accept(id, what, title, text) {
  const answer = await ask({ title, text, reason: t("Why? It is written into the audit."), action: t("Accept"), danger: true });
  if (answer === null) return;
  await attempt(() => post(at(id, "accept"), { what, reason: answer.reason }), t("Accepted."));
  await readDevices();
}

async function testPrint(id) {
  const sure = await ask({
    title: t("Print a test on {device}?", { device: id }),
    text: [t("It is a non-fiscal printout. Nothing is sold and no counter of sales moves.")],
    action: t("Print"),
  });
  if (sure !== null) {
    await attempt(
      () => call("POST", at(id, "test"), {}, { Prefer: "wait=20" }),
      (job) => t("Test print: {state}", { state: jobState(job.state) }),
    );
  }
}

export async function acknowledge(id, alert) {
  await attempt(() => post(at(id, "alerts", alert, "ack")), t("Seen. It is in the audit."));
  await readDevices();
}

// -- one device ---------------------------------------------------------------------------------------------------------

export class Device extends Component {
  componentDidMount() {
    if (find(this.props.id)?.state === "ready") readStatus(this.props.id).catch(() => {}); // what is wrong with it, its state tells
  }

  render({ id }) {
    return html`<${Shown} id=${id} />`;
  }
}

const Shown = ({ id }) => {
  const one = find(id);
  if (!one) return html`<${Title} text=${id} /><${Empty}>${t("There is no such device.")}<//>`;
  return html`
    <${Title} text=${id}>
      <button type="button" onClick=${() => testPrint(id)} disabled=${one.state !== "ready"}>${t("Test print")}</button>
      <a class="button" href=${to("wire", { device: id })}>${t("Wire log")}</a>
      <a class="button" href=${to("devices", id, "edit")}>${t("Edit")}</a>
      <button type="button" class="danger" onClick=${() => remove(id)}>${t("Remove")}</button>
    <//>
    <${Doubts} one=${one} />
    <div class="columns even">
      <${Panel} title=${t("Now")} id="now" aside=${html`<${DeviceMark} device=${one} />`}>
        <${Facts} rows=${[...statusRows(one), [t("Drawer"), one.status && word(one.status.drawer)], [t("As of"), one.status && full(one.status.as_of)]]} />
        ${one.status && Object.keys(one.status.details ?? {}).length > 0 && html`<${Json} title=${t("In the device's own words")} data=${one.status.details} />`}
      <//>
      <${Panel} title=${t("What it is")} id="what">
        <${Facts}
          rows=${[
            [t("Kind"), one.title ?? one.family],
            [t("Model"), one.identity?.model],
            [t("Fiscal number"), one.identity?.fiscal_number],
            [t("Serial number"), one.identity?.serial],
            [t("Firmware"), one.identity?.firmware],
            [t("Address"), one.url],
            [t("Other programs use it too"), one.shared ? t("yes") : null],
            [t("Texts that do not fit"), one.fit === "strict" ? t("are refused") : t("are changed, with a warning")],
          ]}
        />
        ${one.capabilities?.taxes &&
        html`<table class="small">
          <caption>${t("Tax rates of the device")}</caption>
          <tbody>
            ${one.capabilities.taxes.map((tax) => html`<tr key=${tax.letter}><th scope="row">${tax.letter}</th><td>${taxRate(tax)}</td></tr>`)}
          </tbody>
        </table>`}
        ${one.capabilities && html`<${Json} title=${t("What it can do")} data=${one.capabilities} />`}
      <//>
    </div>
    <${Panel} title=${t("Its latest jobs")} id="its-jobs" aside=${html`<a href=${to("jobs", { device: id })}>${t("All jobs")}</a>`}>
      <${Loaded}
        key=${id}
        load=${() => get(`/jobs?device=${part(id)}&limit=10`)}
        on=${(kind, params) => kind.startsWith("job.") && params.device === id}
        show=${({ jobs }) => html`<${JobTable} jobs=${jobs} />`}
      />
    <//>
  `;
};

const taxRate = (tax) => [tax.percent === null ? taxKind(tax.kind) : `${tax.percent}%`, !tax.active && `(${t("not in use")})`].filter(Boolean).join(" ");

/** What stands between this device and its work, each with the way out. */
const Doubts = ({ one }) => html`
  <${Fragment}>
    ${one.state === "wrong_device" &&
    html`<div class="notice bad">
      <p><strong>${t("Another device answers at this address.")}</strong></p>
      <${Facts} rows=${[[t("Expected"), named(one.identity)], [t("Answers"), named(one.seen)]]} />
      <p>${t("Put the right device back, or accept the new one if it was exchanged on purpose. Until then nothing is sent to it.")}</p>
      <button
        type="button"
        onClick=${() =>
          accept(one.id, "identity", t("Accept another device as {device}?", { device: one.id }), [
            woven(t("From now on {device} is this machine: {identity}"), { device: one.id, identity: named(one.seen) }),
            t("What is in doubt at the old machine cannot be asked of the new one."),
          ])}
      >
        ${t("Accept this device …")}
      </button>
    </div>`}
    ${one.journal_hold &&
    html`<div class="notice bad">
      <p><strong>${t("The journal was lost or damaged, so documents wait.")}</strong></p>
      <p>${one.journal_hold}</p>
      <p>${t("Compare the last documents of the device with the records of the shop before you accept the new journal.")}</p>
      <button
        type="button"
        onClick=${() =>
          accept(one.id, "journal", t("Accept the new journal for {device}?", { device: one.id }), [
            t("Sales that were sent before and are sent again now would be printed twice: the bridge does not remember them."),
          ])}
      >
        ${t("Accept the new journal …")}
      </button>
    </div>`}
    ${(one.alerts ?? []).map(
      (alert) => html`
        <div class="notice bad" key=${alert.id}>
          <p><strong>${alert.text}</strong></p>
          <p class="muted">${full(alert.at)} ${alert.job && html`<a href=${to("jobs", alert.job)}>${t("The job")}</a>`}</p>
          <button type="button" onClick=${() => acknowledge(one.id, alert.id)}>${t("Seen")}</button>
        </div>
      `,
    )}
    ${ofDevice(one)
      .filter((item) => !(one.alerts ?? []).some((alert) => alert.text === item.key) && one.state !== "wrong_device")
      .map((item) => html`<div class=${`notice ${item.tone}`} key=${item.key}><p>${item.text}</p></div>`)}
  <//>
`;
