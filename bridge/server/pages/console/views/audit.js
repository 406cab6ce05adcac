// Who did what. Append-only; nothing here can be changed.
import { get, query } from "../api.js";
import { Fragment, html } from "../html.js";
import { full, t } from "../i18n.js";
import { Empty, Loaded, Title } from "../parts.js";
import { to } from "../route.js";

const PAGE = 100;

const who = (actor) => [actor.operator?.name, actor.os_user, actor.label ?? actor.principal].filter(Boolean).join(", ");

export const Audit = ({ asked }) => html`
  <${Title} text=${t("Audit")} />
  <${Loaded}
    key=${asked.after}
    load=${() => get(`/audit${query({ after: asked.after, limit: PAGE })}`)}
    show=${({ audit, next }) => html`
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
                          <td class="nowrap">${full(one.at)}</td>
                          <td>${who(one.actor)}</td>
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
          ${asked.after && html`<a class="button" href=${to("audit")}>${t("Oldest")}</a>`}
          ${next && html`<a class="button" href=${to("audit", { after: next })}>${t("Newer")}</a>`}
        </nav>
      <//>
    `}
  />
`;

const details = (detail) =>
  Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("; ");
