// The plugins: which kinds of devices there are, and why a plugin does not work.
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Empty, Facts, Mark, Panel, Title } from "../parts.js";
import { state } from "../store.js";

export const Plugins = () => html`
  <${Title} text=${t("Plugins")} />
  ${state.families.length === 0 && html`<${Empty}>${t("No plugin is installed: the bridge knows no kind of device.")}<//>`}
  <div class="cards wide">
    ${state.families.map(
      (plugin) => html`
        <article class=${`card ${plugin.problem ? "bad" : ""}`} key=${plugin.plugin} aria-label=${plugin.plugin}>
          <header>
            <h2>${plugin.plugin}</h2>
            <${Mark} tone=${plugin.problem ? "bad" : "ok"}>${plugin.problem ? t("does not work") : t("works")}<//>
          </header>
          <p class="muted">${plugin.distribution} ${plugin.version}</p>
          ${plugin.problem && html`<p class="notice bad">${plugin.problem}</p>`}
          ${plugin.families.map(
            (family) => html`
              <section key=${family.id}>
                <h3>${family.title} <code>${family.id}</code></h3>
                <${Facts} rows=${Object.entries(family.endpoints).map(([kind, one]) => [kind, html`<code>${one.example}</code>`])} />
              </section>
            `,
          )}
          ${plugin.simulators.length > 0 && html`<p class="muted">${t("Simulators: {names}", { names: plugin.simulators.join(", ") })}</p>`}
        </article>
      `,
    )}
  </div>
`;
