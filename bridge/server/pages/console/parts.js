// Small parts that every view uses: marks, times, fields, data that is read, panels, notices.
import { Component, Fragment, createRef, html } from "./html.js";
import { full, t, when } from "./i18n.js";
import { dismiss, listen, soon, state } from "./store.js";
import { DEVICE_TONES, OUTCOME_TONES, STATE_TONES, deviceState, jobState, outcome } from "./words.js";

const SIGNS = { ok: "●", warn: "▲", bad: "✖", work: "◌", idle: "○" };

/** A word with a sign and a colour; the word alone says it all. */
export const Mark = ({ tone = "idle", children }) =>
  html`<span class=${`mark ${tone}`}><span class="sign" aria-hidden="true">${SIGNS[tone]}</span>${children}</span>`;

export const JobMark = ({ job }) => {
  const tone = job.state === "done" && job.success === false ? "warn" : STATE_TONES[job.state];
  return html`<${Mark} tone=${tone}>${jobState(job.state)}<//>`;
};

/** How a payment ended, else how its job stands. */
export const OutcomeMark = ({ job }) => {
  const payment = job.state === "done" && job.result?.payment;
  return payment ? html`<${Mark} tone=${OUTCOME_TONES[payment.outcome]}>${outcome(payment.outcome)}<//>` : html`<${JobMark} job=${job} />`;
};

export const DeviceMark = ({ device }) => html`<${Mark} tone=${DEVICE_TONES[device.state]}>${deviceState(device.state)}<//>`;

export const Moment = ({ at }) => (at ? html`<time datetime=${at} title=${full(at)}>${when(at)}</time>` : "–");

export const Empty = ({ children }) => html`<p class="empty">${children}</p>`;

export const Panel = ({ title, aside, children, kind = "", id }) => html`
  <section class=${`panel ${kind}`} aria-labelledby=${id}>
    <header><h2 id=${id}>${title}</h2>${aside}</header>
    ${children}
  </section>
`;

/** Names and values. Rows: [name, value, tone]; without a value they are left out. */
export const Facts = ({ rows }) => html`
  <dl class="facts">
    ${rows
      .filter((row) => row && ![null, undefined, "", false].includes(row[1]))
      .map(([name, value, tone]) => html`<div key=${name}><dt>${name}</dt><dd class=${tone ?? ""}>${value}</dd></div>`)}
  </dl>
`;

export const Wrong = ({ problem }) => html`
  <div class="notice bad" role="alert">
    <p><strong>${problem.message}</strong></p>
    ${problem.remedy && html`<p>${problem.remedy}</p>`}
  </div>
`;

/** Reads with `load()` and shows with `show(data, again)`. `on(kind, params)`: whether an event makes it read again. */
export class Loaded extends Component {
  constructor(props) {
    super(props);
    this.state = { data: null, problem: null };
    this.name = Symbol("reading");
  }

  componentDidMount() {
    this.alive = true;
    this.stop = listen((kind, params) => {
      if (kind === "line" || this.props.on?.(kind, params)) soon(this.name, () => this.read());
    });
    this.read();
  }

  componentWillUnmount() {
    this.alive = false;
    this.stop();
  }

  async read() {
    const reading = (this.reading = {});
    const newest = () => this.alive && this.reading === reading; // an answer that was overtaken by a later one is an old one
    try {
      const data = await this.props.load();
      if (newest()) this.setState({ data, problem: null });
    } catch (problem) {
      if (newest()) this.setState({ problem });
    }
  }

  render({ show }, { data, problem }) {
    if (problem && data === null) return html`<${Wrong} problem=${problem} />`;
    if (data === null) return html`<p class="empty" aria-busy="true">${t("Reading …")}</p>`;
    return html`<${Fragment}>${problem && html`<${Wrong} problem=${problem} />`}${show(data, () => this.read())}<//>`;
  }
}

// -- forms --------------------------------------------------------------------------------------------------------------

/** What is wrong with the field of this name, as the bridge said. */
export const complaint = (problem, name) => problem?.fields.find((one) => one.field === name);

/** A labelled field. `make(attributes)` returns the control, which gets the attributes that tie it to label, hint and complaint. */
export function Field({ id, label, hint, problem, name, make, wide = false }) {
  const wrong = complaint(problem, name);
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ") || undefined;
  return html`
    <div class=${`field ${wide ? "wide" : ""}`}>
      <label for=${id}>${label}</label>
      ${make({ id, name, "aria-describedby": described, "aria-invalid": wrong ? "true" : undefined })}
      ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
      ${wrong && html`<p class="wrong" id=${`${id}-wrong`}>${sentence(wrong)}</p>`}
    </div>
  `;
}

const sentence = ({ message, limit, remedy }) => [message, limit && `(${limit})`, remedy && `– ${remedy}`].filter(Boolean).join(" ");

/** What the bridge refused of a form: all of it on top, where a screen reader hears it. */
export const Refused = ({ problem }) =>
  problem &&
  html`<div class="notice bad" role="alert">
    <p><strong>${problem.message}</strong></p>
    ${problem.remedy && html`<p>${problem.remedy}</p>`}
    ${problem.fields.length > 1 && html`<ul>${problem.fields.map((one) => html`<li key=${one.field}>${one.field}: ${sentence(one)}</li>`)}</ul>`}
  </div>`;

export const Check = ({ name, value, title, hint, checked, onChange }) => html`
  <label class="check">
    <input type="checkbox" name=${name} value=${value} defaultChecked=${checked} onChange=${onChange} />
    <span><b>${title}</b>${hint && html` <span class="muted">${hint}</span>`}</span>
  </label>
`;

// -- what is said aside -------------------------------------------------------------------------------------------------

export const Notices = () => html`
  <div class="toasts" role="status" aria-live="polite">
    ${state.notices.map(
      (one) => html`
        <div class=${`notice ${one.wrong ? "bad" : "ok"}`} key=${one.id}>
          <p>${one.text}</p>
          <button type="button" class="plain" onClick=${() => dismiss(one.id)} aria-label=${t("Close this message")}>×</button>
        </div>
      `,
    )}
  </div>
`;

/** The heading of a view, `shown` where it has what others wrote in it; it gets the focus when the view is opened, so that keyboard and screen reader start there. */
export class Title extends Component {
  constructor(props) {
    super(props);
    this.heading = createRef();
  }

  componentDidMount() {
    this.heading.current.focus({ preventScroll: true });
    document.title = `${this.props.text} – Tillbridge`;
  }

  render({ text, shown = text, children }) {
    return html`<div class="title"><h1 ref=${this.heading} tabindex="-1">${shown}</h1><div class="actions">${children}</div></div>`;
  }
}

export const Json = ({ data, title }) => html`
  <details class="json">
    <summary>${title}</summary>
    <pre tabindex="0">${JSON.stringify(data, null, 2)}</pre>
  </details>
`;
