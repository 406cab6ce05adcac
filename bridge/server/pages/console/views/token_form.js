// A token without pairing: for a page of a managed till, or for a program.
import { post } from "../api.js";
import { Component, html } from "../html.js";
import { t } from "../i18n.js";
import { Field, Refused, Title } from "../parts.js";
import { go, to } from "../route.js";
import { USUAL } from "../words.js";
import { Grants, granted, reveal } from "./access.js";

export class AddToken extends Component {
  constructor(props) {
    super(props);
    this.state = { page: true, problem: null };
  }

  async make(event) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const grants = granted(form);
    if (grants === null) return;
    const until = form.get("expires_at");
    const body = {
      ...grants,
      ...(this.state.page ? { origin: form.get("origin").trim() } : {}),
      ...(until ? { expires_at: new Date(until).toISOString() } : {}),
    };
    this.setState({ problem: null });
    try {
      const made = await post("/tokens", body);
      await reveal(made.token);
      go("access");
    } catch (problem) {
      this.setState({ problem });
    }
  }

  render(_, { page, problem }) {
    const chose = (event) => this.setState({ page: event.currentTarget.value === "page" });
    return html`
      <${Title} text=${t("Make a token")} />
      <form class="sheet" onSubmit=${(event) => this.make(event)}>
        <${Refused} problem=${problem} />
        <fieldset>
          <legend>${t("For")}</legend>
          <label class="check"><input type="radio" name="kind" value="page" checked=${page} onChange=${chose} /><span>${t("a page of a browser")}</span></label>
          <label class="check"><input type="radio" name="kind" value="program" checked=${!page} onChange=${chose} /><span>${t("a program, which comes without an Origin")}</span></label>
        </fieldset>
        <div class="fields">
          ${page &&
          html`<${Field} id="t-origin" name="origin" label=${t("Origin of the page")} problem=${problem} hint=${t("As the browser says it: https://pos.example.com")}
            make=${(attributes) => html`<input ...${attributes} type="url" required autocomplete="off" spellcheck="false" />`} />`}
          <${Field} id="t-label" name="label" label=${t("Name of the till")} problem=${problem} hint=${t("Tills of one page see each other's jobs only if they have one name.")}
            make=${(attributes) => html`<input ...${attributes} required maxlength="60" autocomplete="off" />`} />
          <${Field} id="t-until" name="expires_at" label=${t("Valid until")} problem=${problem} hint=${t("Left empty: until it is taken back.")}
            make=${(attributes) => html`<input ...${attributes} type="datetime-local" />`} />
        </div>
        <${Grants} id="t" scopes=${USUAL} />
        <div class="actions">
          <button type="submit" class="primary">${t("Make the token")}</button>
          <a class="button" href=${to("access")}>${t("Cancel")}</a>
        </div>
      </form>
    `;
  }
}
