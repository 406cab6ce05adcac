// The time line of a job: states, checkpoints, questions and every frame on the wire, decoded, with the verdict on top.
import { get, part, query } from "../api.js";
import { Component, Fragment, html } from "../html.js";
import { day, precise, t } from "../i18n.js";
import { Empty, Wrong } from "../parts.js";
import { jobState } from "../words.js";

const KINDS = () => ({
  sent: t("sent"),
  received: t("received"),
  state: t("state"),
  checkpoint: t("checkpoint"),
  prompt: t("question"),
  act: t("person"),
  amended: t("amended"),
  phase: t("phase"),
  log: t("log"),
});

export class TimeLine extends Component {
  constructor(props) {
    super(props);
    this.state = { line: null, steps: [], problem: null, logs: false };
  }

  componentDidMount() {
    this.read();
  }

  componentWillUnmount() {
    this.gone = true;
  }

  /** From the beginning, or what comes behind what is shown. */
  async read(more = false, logs = this.state.logs) {
    const { line, steps } = this.state;
    try {
      const asked = { after: more ? line.next : null, logs: logs ? "true" : null };
      const read = await get(`/jobs/${part(this.props.id)}/wire${query(asked)}`);
      if (!this.gone) this.setState({ line: read, steps: more ? [...steps, ...read.timeline] : read.timeline, problem: null, logs });
    } catch (problem) {
      if (!this.gone) this.setState({ problem });
    }
  }

  render(_, { line, steps, problem, logs }) {
    if (problem) return html`<${Wrong} problem=${problem} />`;
    if (line === null) return html`<p class="empty" aria-busy="true">${t("Reading …")}</p>`;
    return html`
      <${Fragment}>
        <div class="verdict">${line.verdict.map((sentence) => html`<p key=${sentence}>${sentence}</p>`)}</div>
        <label class="check">
          <input type="checkbox" checked=${logs} onChange=${(event) => this.read(false, event.currentTarget.checked)} />
          <span>${t("With the lines of the log")}</span>
        </label>
        <${Frames} steps=${steps} />
        ${line.next !== null && html`<div><button type="button" onClick=${() => this.read(true)}>${t("Show what follows")}</button></div>`}
        ${line.missing.map((sentence) => html`<p class="muted" key=${sentence}>${sentence}</p>`)}
      <//>
    `;
  }
}

/** Steps or frames in the order in which they are given; each has a key of its own where it has a number. */
export const Frames = ({ steps }) =>
  steps.length === 0
    ? html`<${Empty}>${t("Nothing was sent or received.")}<//>`
    : html`
        <ol class="frames">
          ${steps.map((step, index) => html`<${Frame} key=${step.number === undefined ? index : `${step.number} ${step.title}`} step=${step} before=${steps[index - 1]} />`)}
        </ol>
      `;

const Frame = ({ step, before }) => html`
  <li class=${`frame is-${step.kind}`}>
    ${(!before || day(before.at) !== day(step.at)) && html`<p class="day">${day(step.at)}</p>`}
    <time datetime=${step.at}>${precise(step.at)}</time>
    <span class="kind"><span aria-hidden="true">${step.kind === "sent" ? "→ " : step.kind === "received" ? "← " : ""}</span>${KINDS()[step.kind] ?? step.kind}</span>
    <div class="what">
      <p>
        ${step.kind === "state" ? jobState(step.title) : step.title}
        ${typeof step.milliseconds === "number" && html` <span class="muted">${t("{count} ms", { count: step.milliseconds })}</span>`}
        ${step.answered === false && html` <strong class="bad">${t("no answer")}</strong>`}
        ${step.checksum === "wrong" && html` <strong class="bad">${t("checksum wrong")}</strong>`}
        ${step.garbage && html` <strong class="bad">${step.garbage}</strong>`}
      </p>
      ${(step.fields.length > 0 || step.hex) &&
      html`<details>
        <summary>${summary(step)}</summary>
        <dl>${step.fields.map((one, index) => html`<div key=${index}><dt>${one.name}</dt><dd>${one.value}</dd></div>`)}</dl>
        ${step.hex && html`<pre class="hex" tabindex="0">${step.hex.replace(/(..)(?=.)/g, "$1 ")}</pre>`}
      </details>`}
    </div>
  </li>
`;

/** The first fields in one line, so that most frames need not be opened. */
function summary(step) {
  const shown = step.fields.slice(0, 6).map((one) => (one.name ? `${one.name}=${one.value}` : one.value));
  const text = shown.join("  ") || t("bytes");
  return text.length > 140 ? `${text.slice(0, 140)} …` : text;
}
