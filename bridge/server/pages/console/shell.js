// Around every view: where one is, where one can go, whether the bridge is there; and the page of who is not signed in.
import { everything } from "./attention.js";
import { Confirm } from "./confirm.js";
import { Component, Fragment, createRef, html } from "./html.js";
import { LANGUAGES, current, n, t } from "./i18n.js";
import { Empty, Notices, Title } from "./parts.js";
import { parse, to } from "./route.js";
import { leave, speak, state, watch } from "./store.js";
import { Access } from "./views/access.js";
import { Attendant } from "./views/attendant.js";
import { Audit } from "./views/audit.js";
import { AddDevice, EditDevice } from "./views/device_form.js";
import { Device, Devices } from "./views/devices.js";
import { Discovery } from "./views/discovery.js";
import { Job } from "./views/job.js";
import { Jobs } from "./views/jobs.js";
import { Overview } from "./views/overview.js";
import { Payments } from "./views/payments.js";
import { EnterPin } from "./views/pin.js";
import { Plugins } from "./views/plugins.js";
import { asking } from "./views/prompts.js";
import { Unresolved, doubtful } from "./views/settle.js";
import { System } from "./views/system.js";
import { AddToken } from "./views/token_form.js";
import { Wire } from "./views/wire.js";

const PLACES = () => [
  ["", t("Overview"), everything().length],
  ["devices", t("Devices"), 0],
  ["jobs", t("Jobs"), 0],
  ["payments", t("Payments"), 0],
  ["unresolved", t("In doubt"), doubtful().length + asking().length],
  ["access", t("Access"), state.pairings.length],
  ["wire", t("Wire log"), 0],
  ["plugins", t("Plugins"), state.families.filter((one) => one.problem).length],
  ["audit", t("Audit"), 0],
  ["system", t("System"), 0],
];

function view({ parts: [place = "", id, more], query }) {
  if (state.attendant) return place === "jobs" && id ? html`<${Job} key=${id} id=${id} />` : html`<${Attendant} />`;
  switch (place) {
    case "":
      return html`<${Overview} />`;
    case "devices":
      if (id === undefined) return html`<${Devices} />`;
      if (id === "add") return html`<${AddDevice} asked=${query} />`;
      if (id === "find") return html`<${Discovery} />`;
      return more === "edit" ? html`<${EditDevice} key=${id} id=${id} />` : html`<${Device} key=${id} id=${id} />`;
    case "jobs":
      return id === undefined ? html`<${Jobs} asked=${query} />` : html`<${Job} key=${id} id=${id} />`;
    case "payments":
      return html`<${Payments} asked=${query} />`;
    case "unresolved":
      return html`<${Unresolved} />`;
    case "access":
      return id === "add" ? html`<${AddToken} />` : html`<${Access} />`;
    case "wire":
      return html`<${Wire} asked=${query} />`;
    case "plugins":
      return html`<${Plugins} />`;
    case "audit":
      return html`<${Audit} asked=${query} />`;
    case "system":
      return html`<${System} />`;
    default:
      return html`<${Title} text=${t("Nothing here")} /><${Empty}><a href=${to()}>${t("To the overview")}</a><//>`;
  }
}

/** A view that fails says so, and leaves the way to the others. */
class Guard extends Component {
  componentDidCatch(error) {
    console.error(error);
    this.setState({ error });
  }

  render({ children }, { error }) {
    return error
      ? html`<${Title} text=${t("This view failed")} /><div class="notice bad" role="alert"><p>${String(error)}</p><p>${t("Go to another view, or load the page anew with a new link.")}</p></div>`
      : children;
  }
}

const Language = () => html`
  <div class="language">
    <label for="language" class="hidden">${t("Language")}</label>
    <select id="language" onChange=${(event) => speak(event.currentTarget.value)}>
      ${Object.entries(LANGUAGES).map(([code, name]) => html`<option key=${code} value=${code} lang=${code} selected=${code === current()}>${name}</option>`)}
    </select>
  </div>
`;

const Line = () => html`
  <div role="alert" class="line-banner">
    ${state.line === "gone" && html`<p class="banner bad">${t("The bridge does not answer. What is shown here may be old; it is tried again all the time.")}</p>`}
    ${state.closing && html`<p class="banner warn">${t("Nobody has touched this page for long. It closes in a moment, unless you move the pointer or press a key.")}</p>`}
    ${state.line === "back" && html`<p class="banner ok">${t("The bridge is back.")}</p>`}
  </div>
`;

const Closed = () => html`
  <main class="closed" id="main">
    <header><span class="brand">Tillbridge</span><${Language} /></header>
    <h1 id="closed-title">${state.closed.title}</h1>
    ${state.closed.text && html`<p id="closed-text">${state.closed.text}</p>`}
    <section class="panel">
      <h2>${t("For technicians")}</h2>
      <p>${t("Get a link on this computer. It works once, for a minute:")}</p>
      <pre tabindex="0">tillbridge console</pre>
    </section>
    <section class="panel"><${EnterPin} /></section>
  </main>
`;

export class App extends Component {
  constructor(props) {
    super(props);
    this.main = createRef();
  }

  componentDidMount() {
    this.unwatch = watch(() => this.forceUpdate());
    addEventListener("hashchange", () => {
      this.forceUpdate();
      scrollTo(0, 0);
    });
  }

  render() {
    const route = parse();
    if (state.phase === "starting") return html`<p class="empty" aria-busy="true">${t("Reading …")}</p>`;
    if (state.phase === "closed") return html`<${Closed} key=${current()} />`;
    const place = route.parts[0] ?? "";
    return html`
      <${Fragment} key=${current()}>
        <a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); this.main.current.querySelector("h1")?.focus(); }}>${t("To the content")}</a>
        <div class=${`frame-all ${state.attendant ? "attendant" : ""}`}>
          <header class="side">
            <a class="brand" href=${to()}>Tillbridge</a>
            ${!state.attendant &&
            html`<nav aria-label=${t("Views")}>
              <ul>
                ${PLACES().map(
                  ([path, name, count]) => html`
                    <li key=${path}>
                      <a href=${to(path)} aria-current=${path === place ? "page" : undefined}>
                        ${name}${count > 0 && html` <span class="count"><span aria-hidden="true">${count}</span><span class="hidden">${n("{count} needs a person", "{count} need a person", count)}</span></span>`}
                      </a>
                    </li>
                  `,
                )}
              </ul>
            </nav>`}
            <div class="foot">
              <${Language} />
              <button type="button" onClick=${() => leave()}>${t("Sign out")}</button>
              <p class="muted">${state.bridge?.version}</p>
            </div>
          </header>
          <div class="body">
            <${Line} />
            <main id="main" ref=${this.main}><${Guard} key=${`${place}/${route.parts[1] ?? ""}/${route.parts[2] ?? ""}`}>${view(route)}<//></main>
          </div>
        </div>
        <${Notices} />
        <${Confirm} />
      <//>
    `;
  }
}
