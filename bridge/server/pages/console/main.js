// The start: the language, then the sign-in with the code behind the # of the link, which works once and leaves the address bar.
import { html, render } from "./html.js";
import { choose, preferred, t } from "./i18n.js";
import { App } from "./shell.js";
import { close, signIn } from "./store.js";

async function start() {
  const code = /^#code=(.+)$/.exec(location.hash)?.[1] ?? null;
  if (code !== null || location.pathname !== "/") history.replaceState(null, "", "/");
  await choose(preferred());
  const place = document.getElementById("app");
  place.replaceChildren();
  render(html`<${App} />`, place);
  if (code === null) return close(t("Not signed in"), "");
  try {
    await signIn(code);
  } catch (problem) {
    return close(t("Not signed in"), problem.message);
  }
  return undefined;
}

start();
