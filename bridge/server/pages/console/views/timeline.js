// The time line of a job: states, checkpoints, questions and every frame on the wire, decoded, with the verdict on top.
import { get, part } from "../api.js";
import { Fragment, html } from "../html.js";
import { day, precise, t } from "../i18n.js";
import { Empty, Loaded } from "../parts.js";

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

export const TimeLine = ({ id }) => html`
  <${Loaded}
    load=${() => get(`/jobs/${part(id)}/wire`)}
    show=${(line) => html`
      <${Fragment}>
        <div class="verdict">${line.verdict.map((sentence) => html`<p key=${sentence}>${sentence}</p>`)}</div>
        <${Frames} steps=${line.timeline} />
        ${line.missing.map((sentence) => html`<p class="muted" key=${sentence}>${sentence}</p>`)}
      <//>
    `}
  />
`;

/** Steps or frames, oldest first. */
export const Frames = ({ steps }) =>
  steps.length === 0
    ? html`<${Empty}>${t("Nothing was sent or received.")}<//>`
    : html`
        <ol class="frames">
          ${steps.map((step, index) => html`<${Frame} key=${index} step=${step} before=${steps[index - 1]} />`)}
        </ol>
      `;

const Frame = ({ step, before }) => html`
  <li class=${`frame ${step.kind}`}>
    ${(!before || day(before.at) !== day(step.at)) && html`<p class="day">${day(step.at)}</p>`}
    <time datetime=${step.at}>${precise(step.at)}</time>
    <span class="kind"><span aria-hidden="true">${step.kind === "sent" ? "→ " : step.kind === "received" ? "← " : ""}</span>${KINDS()[step.kind] ?? step.kind}</span>
    <div class="what">
      <p>
        ${step.title}
        ${step.milliseconds !== undefined && step.milliseconds !== null && html` <span class="muted">${t("{count} ms", { count: step.milliseconds })}</span>`}
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
