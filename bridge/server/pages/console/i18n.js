// The console's languages: gettext catalogues, compiled to JSON (languages/*.json; see docs/console.md, "Another language").
// t(text, values) and n(one, many, count, values): always with literals, which the extraction looks for.

export const LANGUAGES = { en: "English", pl: "Polski", ru: "Русский" };

const KEPT = "tillbridge.language";

let language = "en";
let messages = {};
let plural = new Intl.PluralRules("en");
// gettext's order of the forms in Polish and Russian; fractions do not occur.
const FORMS = ["one", "few", "many"];

export const current = () => language;

/** The language that was chosen here before, else the first of the browser's that we have. */
export function preferred() {
  const kept = remembered();
  if (kept in LANGUAGES) return kept;
  for (const wanted of navigator.languages ?? []) {
    const base = wanted.toLowerCase().split("-")[0];
    if (base in LANGUAGES) return base;
  }
  return "en";
}

export async function choose(wanted, remember = false) {
  const answer = wanted === "en" ? null : await fetch(`/console/languages/${wanted}.json`, { credentials: "omit" });
  messages = answer?.ok ? await answer.json() : {};
  language = answer === null || answer.ok ? wanted : "en";
  plural = new Intl.PluralRules(language);
  document.documentElement.lang = language;
  if (remember) {
    try {
      localStorage.setItem(KEPT, language);
    } catch {
      // no storage in this browser: the choice holds until the page is closed
    }
  }
}

function remembered() {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

export function t(text, values = {}) {
  return fill(messages[text] || text, values);
}

export function n(one, many, count, values = {}) {
  const forms = messages[one];
  const text = Array.isArray(forms) ? forms[Math.max(0, FORMS.indexOf(plural.select(count)))] ?? forms.at(-1) : count === 1 ? one : many;
  return fill(text, { count, ...values });
}

// -- times and numbers ---------------------------------------------------------------------------------------------------

const made = new Map();

function formatter(name, options) {
  const key = `${language} ${name}`;
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, options));
  return made.get(key);
}

const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
const DAY = { year: "numeric", month: "2-digit", day: "2-digit" };

export const clock = (moment) => formatter("clock", CLOCK).format(new Date(moment));
export const precise = (moment) => formatter("precise", { ...CLOCK, fractionalSecondDigits: 3 }).format(new Date(moment));
export const day = (moment) => formatter("day", DAY).format(new Date(moment));
export const full = (moment) => formatter("full", { ...DAY, ...CLOCK }).format(new Date(moment));

/** The time alone for today, else with the day. */
export function when(moment) {
  return new Date(moment).toDateString() === new Date().toDateString() ? clock(moment) : full(moment);
}

export function duration(seconds) {
  if (seconds < 1) return t("{count} ms", { count: Math.round(seconds * 1000) });
  if (seconds < 120) return t("{count} s", { count: Math.round(seconds) });
  if (seconds < 7200) return t("{count} min", { count: Math.round(seconds / 60) });
  return t("{count} h", { count: Math.round(seconds / 3600) });
}
