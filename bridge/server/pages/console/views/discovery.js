// Looking for devices: what is asked, how far it is, what was found, and why a place gave nothing.
import { get, post } from "../api.js";
import { Component, Fragment, html } from "../html.js";
import { duration, t } from "../i18n.js";
import { Empty, Panel, Refused, Title } from "../parts.js";
import { to } from "../route.js";
import { listen, soon } from "../store.js";
import { named } from "./devices.js";

const RENEW = 300;

const OUTCOMES = () => ({
  identified: t("identified"),
  unrecognised: t("something else answers"),
  silent: t("no answer"),
  not_opened: t("cannot be opened"),
  failed: t("failed"),
  hung: t("did not end"),
});

export class Discovery extends Component {
  constructor(props) {
    super(props);
    this.state = { scan: null, problem: null };
  }

  componentDidMount() {
    this.stop = listen((kind) => (kind === "discovery.updated" || kind === "line") && soon("discovery", () => this.look(), RENEW));
    this.look();
  }

  componentWillUnmount() {
    this.stop();
  }

  async look() {
    try {
      this.setState({ scan: await get("/discovery") });
    } catch (problem) {
      this.setState({ problem });
    }
  }

  async start(event) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const hosts = form.get("tcp").split(/[\s,;]+/).filter(Boolean);
    const flag = (name) => form.get(name) !== null;
    this.setState({ problem: null });
    try {
      await post("/discovery", { serial: flag("serial"), usb: flag("usb"), mdns: flag("mdns"), ...(hosts.length ? { tcp: hosts } : {}) });
    } catch (problem) {
      this.setState({ problem });
    }
    this.look();
  }

  render(_, { scan, problem }) {
    const running = scan?.state === "running";
    return html`
      <${Title} text=${t("Look for devices")} />
      <form class="sheet" onSubmit=${(event) => this.start(event)}>
        <${Refused} problem=${problem} />
        <fieldset>
          <legend>${t("Where")}</legend>
          <label class="check"><input type="checkbox" name="serial" defaultChecked /><span>${t("Serial ports of this computer")}</span></label>
          <label class="check"><input type="checkbox" name="usb" defaultChecked /><span>${t("USB")}</span></label>
          <label class="check"><input type="checkbox" name="mdns" defaultChecked /><span>${t("What announces itself in the network")}</span></label>
        </fieldset>
        <div class="field wide">
          <label for="scan-tcp">${t("Hosts and small networks")}</label>
          <input id="scan-tcp" name="tcp" autocomplete="off" spellcheck="false" aria-describedby="scan-tcp-hint" />
          <p class="hint" id="scan-tcp-hint">${t("For example 192.168.1.20, 192.168.1.20:6666 or 192.168.1.0/28. Only what is named here is asked.")}</p>
        </div>
        <p class="hint">${t("Nothing is printed and no device is changed. Devices that are configured and connected are left alone.")}</p>
        <div class="actions"><button type="submit" class="primary" disabled=${running}>${running ? t("Looking …") : t("Search")}</button></div>
      </form>
      ${scan && scan.state !== "none" && html`<${Found} scan=${scan} />`}
    `;
  }
}

const Found = ({ scan }) => html`
  <${Fragment}>
    <${Panel} title=${t("Found")} id="found">
      <p role="status">
        ${scan.state === "running"
          ? t("{done} of {places} places were looked at.", scan.progress)
          : t("The search is over: {places} places were looked at.", scan.progress)}
      </p>
      ${scan.state === "running" && html`<progress aria-label=${t("How far the search is")} max=${scan.progress.places || 1} value=${scan.progress.done}></progress>`}
      ${scan.found.length === 0 && scan.state !== "running" && html`<${Empty}>${t("No device was found. Below is what every place said.")}<//>`}
      <ul class="todo">
        ${scan.found.map(
          (one) => html`
            <li key=${one.url}>
              <b>${one.title ?? one.family}</b>
              <span class="text">${one.identity ? named(one.identity) : t("not asked")} <code>${one.url}</code></span>
              ${one.configured_as
                ? html`<a class="button" href=${to("devices", one.configured_as)}>${t("Is {device} already", { device: one.configured_as })}</a>`
                : html`<a class="button primary" href=${to("devices", "add", { family: one.family, url: one.url })} aria-label=${t("Add {url}", { url: one.url })}>${t("Add")}</a>`}
            </li>
          `,
        )}
      </ul>
      ${scan.problems.map((text) => html`<p class="notice warn" key=${text}>${text}</p>`)}
    <//>
    <${Panel} title=${t("Every place")} id="places">
      <div class="scroll" tabindex="0" role="region" aria-label=${t("Every place")}>
        <table>
          <thead>
            <tr>
              <th scope="col">${t("Place")}</th>
              <th scope="col">${t("What came of it")}</th>
              <th scope="col">${t("Asked")}</th>
            </tr>
          </thead>
          <tbody>
            ${scan.places.map(
              (place) => html`
                <tr key=${`${place.kind} ${place.name}`}>
                  <td class="nowrap"><code>${place.name}</code><div class="muted">${place.description}</div></td>
                  <td>${place.reason}</td>
                  <td>
                    ${place.attempts.map(
                      (one) => html`<div key=${one.family + one.url}>
                        ${one.family} <code>${one.url}</code>: ${OUTCOMES()[one.outcome] ?? one.outcome}, ${duration(one.seconds)}
                        ${one.reason !== place.reason && html` <span class="muted">${one.reason}</span>`}
                      </div>`,
                    )}
                  </td>
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    <//>
  <//>
`;

