// Who may come in: pages that ask to be let in, and the tokens that there are.
import { call, get, part, post } from "../api.js";
import { ask } from "../confirm.js";
import { Component, html } from "../html.js";
import { t } from "../i18n.js";
import { Check, Empty, Loaded, Moment, Panel, Title } from "../parts.js";
import { to } from "../route.js";
import { attempt, readPairings, say, state } from "../store.js";
import { foreign, woven } from "../texts.js";
import { SCOPES, USUAL, scope } from "../words.js";

export const Access = () => html`
  <${Title} text=${t("Access")}><a class="button" href=${to("access", "add")}>${t("Make a token")}</a><//>
  <${Panel} title=${t("Pages that ask to be let in")} id="asking">
    <div role="status" aria-live="polite">
      ${state.pairings.length === 0 && html`<${Empty}>${t("No page asks just now. It appears here when one does.")}<//>`}
    </div>
    ${state.pairings.map((one) => html`<${Asking} key=${one.pairing_id} asking=${one} />`)}
  <//>
  <${Panel} title=${t("Who may come in")} id="tokens">
    <${Loaded}
      key=${state.pairings.length}
      load=${() => get("/tokens")}
      on=${(kind) => kind.startsWith("pairing.") || kind.startsWith("token")}
      show=${({ tokens }, again) => html`<${Tokens} tokens=${tokens} again=${again} />`}
    />
  <//>
`;

// -- pairing ------------------------------------------------------------------------------------------------------------

export const Grants = ({ scopes, asked = [], id }) => html`
  <fieldset class="choices scopes">
    <legend>${t("It may")}</legend>
    ${SCOPES.map((one) => html`<${Check} key=${one} name="scopes" value=${one} title=${one} checked=${scopes.includes(one)}
      hint=${asked.includes(one) ? `${scope(one)} ${t("(asked for)")}` : scope(one)} />`)}
  </fieldset>
  <fieldset class="choices devices">
    <legend>${t("On these devices")}</legend>
    ${state.devices.length === 0 && html`<span class="muted">${t("No device is configured yet; it may use those that come.")}</span>`}
    ${state.devices.map((one) => html`<${Check} key=${one.id} name="devices" value=${one.id} title=${one.id} hint=${one.title ?? one.family} checked />`)}
  </fieldset>
  <div class="aliases">
    <${Alias} id=${`${id}-fiscal`} name="@fiscal" label=${t("Fiscal printer")} />
    <${Alias} id=${`${id}-card`} name="@card" label=${t("Card terminal")} />
  </div>
`;

const Alias = ({ id, name, label }) => html`
  <div class="field">
    <label for=${id}>${label} <code>${name}</code></label>
    <select id=${id} name=${name}>
      <option value="">${t("none")}</option>
      ${state.devices.map((one) => html`<option key=${one.id} value=${one.id}>${one.id}</option>`)}
    </select>
  </div>
`;

/** What a form with Grants says, or null where something is missing, which is told. */
export function granted(form) {
  const scopes = form.getAll("scopes");
  const devices = form.getAll("devices");
  const missing =
    scopes.length === 0
      ? t("Tick at least one thing that it may do.")
      : state.devices.length > 0 && devices.length === 0
        ? t("Tick at least one device.")
        : null;
  if (missing) {
    say(missing, true);
    return null;
  }
  const aliases = Object.fromEntries(["@fiscal", "@card"].map((name) => [name, form.get(name)]).filter(([, id]) => id));
  const all = devices.length === state.devices.length;
  return { label: form.get("label").trim(), scopes, aliases, ...(all ? {} : { devices }) };
}

async function decide(one, body, done) {
  await attempt(() => post(`/pairing/${part(one.pairing_id)}/decision`, { ...body, code: one.verification_code }), done);
  await readPairings();
}

function approve(event, one) {
  event.preventDefault();
  const grants = granted(new FormData(event.currentTarget));
  if (grants) decide(one, { decision: "approve", ...grants }, woven(t("{origin} is let in."), one));
}

/** Counts down by itself: events tell of pages that come and go, not of each second. */
class Left extends Component {
  componentDidMount() {
    const end = performance.now() + this.props.seconds * 1000;
    const count = () => this.setState({ seconds: Math.max(0, Math.round((end - performance.now()) / 1000)) });
    count();
    this.timer = setInterval(count, 1000);
  }

  componentWillUnmount() {
    clearInterval(this.timer);
  }

  render(_, { seconds }) {
    return t("It waits for {seconds} s more.", { seconds });
  }
}

const Asking = ({ asking: one }) => {
  const id = `asking-${one.pairing_id}`;
  const label = one.user === null ? one.app_name : `${one.app_name} ${one.user}`.slice(0, 60).trim();
  return html`
    <form class="asking" aria-label=${one.origin} onSubmit=${(event) => approve(event, one)}>
      <p class="code" aria-label=${t("Code")}>${one.verification_code.slice(0, 3)} ${one.verification_code.slice(3)}</p>
      <div>
        <p class="origin">${one.origin}</p>
        <p>
          ${one.user === null
            ? woven(t("It calls itself “{name}”."), { name: one.app_name })
            : woven(t("It calls itself “{name}”, opened by {user}."), { name: one.app_name, user: one.user })}
        </p>
        <p class="notice warn">${t("Let it in only if this page is open before you and shows the same code.")}</p>
        <div class="field">
          <label for=${`${id}-label`}>${t("Name of the till")}</label>
          <input id=${`${id}-label`} class="label" name="label" maxlength="60" required defaultValue=${label} />
        </div>
        <${Grants} id=${id} scopes=${one.scopes.filter((right) => USUAL.includes(right))} asked=${one.scopes} />
        <div class="actions">
          <button type="submit" class="primary approve">${t("Let it in")}</button>
          <button type="button" class="danger reject" onClick=${() => decide(one, { decision: "reject" }, woven(t("{origin} was sent away."), one))}>${t("Send it away")}</button>
          <span class="muted"><${Left} seconds=${one.expires_in} /></span>
        </div>
      </div>
    </form>
  `;
};

// -- tokens -------------------------------------------------------------------------------------------------------------

async function revoke(one, again) {
  const sure = await ask({
    title: woven(t("Take the token of {name} back?"), { name: [foreign(one.origin ?? t("the program")), " (", foreign(one.label), ")"] }),
    text: [t("Its connections end at once. It must be paired again to come back. Its jobs stay in the journal.")],
    action: t("Take it back"),
    danger: true,
  });
  if (sure === null) return;
  await attempt(() => call("DELETE", `/tokens/${part(one.token_id)}`), t("The token was taken back."));
  again();
}

async function rotate(one, again) {
  const sure = await ask({
    title: woven(t("Give {name} a new secret?"), { name: one.label }),
    text: [t("The old one is worth nothing from that moment, and its connections end.")],
    action: t("New secret"),
    danger: true,
  });
  if (sure === null) return;
  let made = null;
  await attempt(async () => {
    made = await post(`/tokens/${part(one.token_id)}/rotate`);
  });
  if (made) await reveal(made.token);
  again();
}

export const reveal = (token) =>
  ask({
    title: t("The token"),
    text: [t("It is shown this once: the bridge keeps only its hash. Copy it now and hand it over where nobody else reads it.")],
    show: token,
    action: t("I have it"),
  });

const Tokens = ({ tokens, again }) => {
  const bound = tokens.some((one) => one.user); // on a computer of several users
  return tokens.length === 0
    ? html`<${Empty}>${t("No page is paired and no program has a token.")}<//>`
    : html`
        <div class="scroll" tabindex="0" role="region" aria-label=${t("Tokens")}>
          <table>
            <thead>
              <tr>
                <th scope="col">${t("Page or program")}</th>
                <th scope="col">${t("Till")}</th>
                <th scope="col">${t("May")}</th>
                <th scope="col">${t("Devices")}</th>
                ${bound && html`<th scope="col">${t("User")}</th>`}
                <th scope="col">${t("Last used")}</th>
                <th scope="col"><span class="hidden">${t("Actions")}</span></th>
              </tr>
            </thead>
            <tbody>
              ${tokens.map(
                (one) => html`
                  <tr key=${one.token_id}>
                    <td class="address">${one.origin ?? t("a program")}<div class="muted"><code>${one.token_id}</code></div></td>
                    <td>${one.label}</td>
                    <td>${one.scopes.map((right) => html`<span class="tag" title=${scope(right)} key=${right}>${right}</span> `)}</td>
                    <td>
                      ${one.devices === null ? t("all") : one.devices.join(", ")}
                      ${Object.entries(one.aliases).map(([name, id]) => html`<div class="muted" key=${name}>${name} = ${id}</div>`)}
                    </td>
                    ${bound && html`<td>${one.user ?? ""}</td>`}
                    <td class="nowrap">${one.last_used === null ? t("never") : html`<${Moment} at=${one.last_used} />`}
                      ${one.expires_at && html`<div class="muted">${t("until")} <${Moment} at=${one.expires_at} /></div>`}</td>
                    <td class="does">
                      ${one.source === "journal"
                        ? html`
                            <button type="button" onClick=${() => rotate(one, again)} aria-label=${t("New secret for {name}", { name: one.label })}>${t("New secret")}</button>
                            <button type="button" class="danger revoke" onClick=${() => revoke(one, again)} aria-label=${t("Revoke {name}", { name: one.label })}>${t("Revoke")}</button>
                          `
                        : html`<span class="muted">${t("from the provisioning file")}</span>`}
                    </td>
                  </tr>
                `,
              )}
            </tbody>
          </table>
        </div>
      `;
};
