// What goes over the wire of one device now, decoded: renewed while it is looked at.
import { get, part, query } from "../api.js";
import { Component, html } from "../html.js";
import { t } from "../i18n.js";
import { Empty, Mark, Title, Wrong } from "../parts.js";
import { go } from "../route.js";
import { state } from "../store.js";
import { Frames } from "./timeline.js";

const RENEW = 1000;
const KEPT = 500;

export const Wire = ({ asked }) => {
  const id = asked.device ?? state.devices[0]?.id;
  return html`
    <${Title} text=${t("Wire log")} />
    ${id === undefined
      ? html`<${Empty}>${t("No device is configured yet.")}<//>`
      : html`
          <div class="filters">
            <div class="field">
              <label for="wire-device">${t("Device")}</label>
              <select id="wire-device" onChange=${(event) => go("wire", { device: event.currentTarget.value })}>
                ${state.devices.map((one) => html`<option key=${one.id} value=${one.id} selected=${one.id === id}>${one.id}</option>`)}
              </select>
            </div>
          </div>
          <${Live} key=${id} id=${id} />
        `}
  `;
};

class Live extends Component {
  constructor(props) {
    super(props);
    this.state = { frames: null, told: null, problem: null, held: false };
  }

  componentDidMount() {
    this.read();
  }

  componentWillUnmount() {
    this.gone = true;
    clearTimeout(this.timer);
  }

  /** What came since. While it is held nothing is asked for: it comes when it goes on. */
  async read() {
    clearTimeout(this.timer);
    const { frames, told } = this.state;
    try {
      const read = await get(`/devices/${part(this.props.id)}/wire${query({ after: told?.next })}`);
      if (!this.gone) this.setState({ frames: [...(frames ?? []), ...read.frames].slice(-KEPT), told: read, problem: null });
    } catch (problem) {
      if (!this.gone) this.setState({ problem });
    }
    if (!this.gone && !this.state.held) this.timer = setTimeout(() => this.read(), RENEW);
  }

  hold(held) {
    clearTimeout(this.timer);
    this.setState({ held }, () => held || this.read());
  }

  render(_, { frames, told, problem, held }) {
    return html`
      <p class="hint">${t("The newest first, as the device's protocol has it. Secrets and customers' data are hidden. It is kept in memory for a while; what belongs to a job stays with the job.")}</p>
      <div class="actions">
        <button type="button" aria-pressed=${held ? "true" : "false"} onClick=${() => this.hold(!held)}>${held ? t("Go on") : t("Hold")}</button>
        ${told && html`<${Mark} tone=${told.connected ? "ok" : "bad"}>${told.connected ? t("connected") : t("not connected")}<//>`}
      </div>
      ${problem && html`<${Wrong} problem=${problem} />`}
      ${told?.missed && html`<p class="notice warn">${t("Some frames went by faster than they were read, and are not kept any more.")}</p>`}
      ${told?.problems.map((sentence) => html`<p class="notice warn" key=${sentence}>${sentence}</p>`)}
      ${frames && html`<div class="panel"><${Frames} steps=${[...frames].reverse()} /></div>`}
    `;
  }
}
