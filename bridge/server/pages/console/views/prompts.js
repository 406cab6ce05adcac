// A question that a job waits with, and its answers as buttons.
import { part, post } from "../api.js";
import { html } from "../html.js";
import { full, t } from "../i18n.js";
import { to } from "../route.js";
import { attempt, state } from "../store.js";
import { jobName, woven } from "../texts.js";

async function answer(job, choice) {
  const { prompt_id } = job.attention;
  await attempt(() => post(`/jobs/${part(job.id)}/answer`, { prompt_id, choice: choice.code }), woven(t("Answered: {answer}"), { answer: choice.text }));
}

export const Prompt = ({ job }) => {
  const { attention } = job;
  const usual = attention.choices.find((one) => one.code === attention.default);
  return html`
    <section class="prompt" aria-label=${t("A question")}>
      <p class="muted"><a href=${to("jobs", job.id)}>${jobName(job)}</a>, ${job.device}</p>
      <p class="question">${attention.text}</p>
      <div class="actions">
        ${attention.choices.map((choice) => html`<button type="button" key=${choice.code} onClick=${() => answer(job, choice)}>${choice.text}</button>`)}
      </div>
      ${attention.expires_at &&
      html`<p class="muted">
        ${usual
          ? woven(t("Without an answer by {time} it is taken as “{answer}”."), { time: full(attention.expires_at), answer: usual.text })
          : t("It waits until {time}.", { time: full(attention.expires_at) })}
      </p>`}
    </section>
  `;
};

/** Everything that waits for an answer. */
export const asking = () => [...state.open.values()].filter((job) => job.attention?.prompt_id);
