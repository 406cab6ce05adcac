// What goes over the wire of one device now, decoded: renewed while it is looked at.
import { get, part } from "../api.js";
import { Component, html } from "../html.js";
import { t } from "../i18n.js";
import { Empty, Title, Wrong } from "../parts.js";
import { go } from "../route.js";
import { state } from "../store.js";
import { Frames } from "./timeline.js";

const RENEW = 1000;

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
    this.state = { frames: null, problem: null, held: false };
  }

  componentDidMount() {
    this.read();
  }

  componentWillUnmount() {
    this.gone = true;
    clearTimeout(this.timer);
  }

  async read() {
    clearTimeout(this.timer);
    try {
      const { frames } = await get(`/devices/${part(this.props.id)}/wire`);
      if (!this.gone && !this.state.held) this.setState({ frames, problem: null });
    } catch (problem) {
      if (!this.gone) this.setState({ problem });
    }
    if (!this.gone) this.timer = setTimeout(() => this.read(), RENEW);
  }

  render(_, { frames, problem, held }) {
    return html`
      <p class="hint">${t("The newest first, as the device's protocol has it. Secrets and customers' data are hidden. It is kept in memory for a while; what belongs to a job stays with the job.")}</p>
      <button type="button" aria-pressed=${held ? "true" : "false"} onClick=${() => this.setState({ held: !held })}>${held ? t("Go on") : t("Hold")}</button>
      ${problem && html`<${Wrong} problem=${problem} />`}
      ${frames && html`<${Frames} steps=${[...frames].reverse()} />`}
    `;
  }
}
