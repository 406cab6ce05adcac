// Who did what, the newest first. Append-only; nothing here can be changed.
import { get, query } from "../api.js";
import { Fragment, html } from "../html.js";
import { t } from "../i18n.js";
import { Empty, Loaded, Moment, Title } from "../parts.js";
import { to } from "../route.js";
import { foreign, joined } from "../texts.js";

const PAGE = 100;

const behind = async (after, limit) => (await get(`/audit${query({ after, limit })}`)).audit;

/** The number of the newest entry. The bridge lists from the oldest on, so that it is looked for by halves. */
async function newest() {
  let there = 0;
  let beyond = 1;
  const some = async (after) => (await behind(after, 1)).length > 0;
  while (await some(beyond)) {
    there = beyond;
    beyond *= 8;
  }
  while (beyond - there > PAGE) {
    const middle = Math.floor((there + beyond) / 2);
    if (await some(middle)) there = middle;
    else beyond = middle;
  }
  return (await behind(there, PAGE)).at(-1)?.seq ?? there;
}

async function page(before) {
  const end = before ?? (await newest()) + 1;
  const found = await behind(Math.max(0, end - 1 - PAGE), PAGE);
  return found.filter((one) => one.seq < end).reverse();
}

const who = (actor) => [actor.operator?.name, actor.os_user, actor.label ?? actor.principal].filter(Boolean);

export const Audit = ({ asked }) => html`
  <${Title} text=${t("Audit")} />
  <${Loaded}
    key=${asked.before}
    load=${() => page(Number(asked.before) || null)}
    show=${(audit) => html`
      <${Fragment}>
        ${audit.length === 0
          ? html`<${Empty}>${t("Nothing was done yet.")}<//>`
          : html`
              <div class="scroll" tabindex="0" role="region" aria-label=${t("Audit")}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">${t("No.")}</th>
                      <th scope="col">${t("Time")}</th>
                      <th scope="col">${t("Who")}</th>
                      <th scope="col">${t("What")}</th>
                      <th scope="col">${t("To what")}</th>
                      <th scope="col">${t("In detail")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${audit.map(
                      (one) => html`
                        <tr key=${one.seq}>
                          <td>${one.seq}</td>
                          <td class="nowrap"><${Moment} at=${one.at} /></td>
                          <td>${joined(who(one.actor).map(foreign), ", ")}</td>
                          <td class="nowrap"><code>${one.action}</code></td>
                          <td class="address">${one.subject}</td>
                          <td class="text">${details(one.detail)}</td>
                        </tr>
                      `,
                    )}
                  </tbody>
                </table>
              </div>
            `}
        <nav class="pages" aria-label=${t("Pages")}>
          ${asked.before && html`<a class="button" href=${to("audit")}>${t("Newest")}</a>`}
          ${audit.at(-1)?.seq > 1 && html`<a class="button" href=${to("audit", { before: audit.at(-1).seq })}>${t("Older")}</a>`}
        </nav>
      <//>
    `}
  />
`;

const details = (detail) =>
  Object.entries(detail)
    .filter(([, value]) => value !== null)
    .flatMap(([name, value], index) => [index ? "; " : "", `${name}: `, foreign(plain(value))]);

const plain = (value) => (typeof value === "string" ? value : Array.isArray(value) ? value.join(", ") : JSON.stringify(value));
