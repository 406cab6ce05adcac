// The list of jobs, with filters that stand in the address.
import { get, query } from "../api.js";
import { Fragment, html } from "../html.js";
import { t } from "../i18n.js";
import { Empty, JobMark, Loaded, Moment, Title } from "../parts.js";
import { go, to } from "../route.js";
import { state } from "../store.js";
import { jobState, operation, upshot } from "../words.js";

const STATES = ["queued", "running", "unresolved", "done", "failed"];
const PAGE = 50;

export const JobTable = ({ jobs, short = false }) =>
  jobs.length === 0
    ? html`<${Empty}>${t("No jobs.")}<//>`
    : html`
        <div class="scroll" tabindex="0" role="region" aria-label=${t("Jobs")}>
          <table>
            <thead>
              <tr>
                <th scope="col">${t("Time")}</th>
                <th scope="col">${t("Operation")}</th>
                <th scope="col">${t("Device")}</th>
                ${!short && html`<th scope="col">${t("Reference")}</th>`}
                <th scope="col">${t("State")}</th>
                <th scope="col">${t("Outcome")}</th>
              </tr>
            </thead>
            <tbody>
              ${jobs.map(
                (job) => html`
                  <tr key=${job.id}>
                    <td class="nowrap"><${Moment} at=${job.created_at} /></td>
                    <td><a href=${to("jobs", job.id)}>${operation(job.op)}</a></td>
                    <td>${job.device}</td>
                    ${!short && html`<td>${job.reference ?? ""}</td>`}
                    <td class="nowrap"><${JobMark} job=${job} /></td>
                    <td class="text">${upshot(job)}</td>
                  </tr>
                `,
              )}
            </tbody>
          </table>
        </div>
      `;

function filter(event) {
  event.preventDefault();
  go("jobs", Object.fromEntries(new FormData(event.currentTarget)));
}

export const Jobs = ({ asked }) => {
  const wanted = { device: asked.device, state: asked.state, reference: asked.reference, after: asked.after, limit: PAGE };
  return html`
    <${Title} text=${t("Jobs")} />
    <form class="filters" role="search" aria-label=${t("Filter")} onSubmit=${filter} key=${JSON.stringify(asked)}>
      <div class="field">
        <label for="job-device">${t("Device")}</label>
        <select id="job-device" name="device">
          <option value="">${t("all")}</option>
          ${state.devices.map((one) => html`<option value=${one.id} selected=${one.id === asked.device}>${one.id}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for="job-state">${t("State")}</label>
        <select id="job-state" name="state">
          <option value="">${t("all")}</option>
          ${STATES.map((one) => html`<option value=${one} selected=${one === asked.state}>${jobState(one)}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for="job-reference">${t("Reference of the till")}</label>
        <input id="job-reference" name="reference" type="search" defaultValue=${asked.reference ?? ""} autocomplete="off" />
      </div>
      <button type="submit">${t("Show")}</button>
    </form>
    <${Loaded}
      key=${JSON.stringify(wanted)}
      load=${() => get(`/jobs${query(wanted)}`)}
      on=${(kind, params) => !asked.after && kind.startsWith("job.") && (!asked.device || params.device === asked.device)}
      show=${({ jobs, next }) => html`
        <${Fragment}>
          <${JobTable} jobs=${jobs} />
          <nav class="pages" aria-label=${t("Pages")}>
            ${asked.after && html`<a class="button" href=${to("jobs", { ...asked, after: "" })}>${t("Newest")}</a>`}
            ${next && html`<a class="button" href=${to("jobs", { ...asked, after: next })}>${t("Older")}</a>`}
          </nav>
        <//>
      `}
    />
  `;
};
