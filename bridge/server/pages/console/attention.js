// What needs a person, out of all that is known, the worst first. Each: { tone, what, text, href, act }; `key`: what it says,
// to tell it from others, where the text itself has what others wrote in it.
import { t } from "./i18n.js";
import { to } from "./route.js";
import { state } from "./store.js";
import { foreign, jobName, joined, woven } from "./texts.js";
import { deviceState, ofMoney } from "./words.js";

const CLOCK_SECONDS = 300;

/** By how many seconds the device's clock differed from ours when it told it; null where it did not. */
export function clockError(status) {
  if (!status?.clock || !status.as_of) return null;
  return (new Date(status.clock) - new Date(status.as_of)) / 1000;
}

export const clockIsWrong = (status) => Math.abs(clockError(status) ?? 0) > CLOCK_SECONDS;

export function ofDevice(device) {
  const status = device.status ?? {};
  const href = to("devices", device.id);
  const found = [];
  const add = (tone, text, brief = null, key = text) => found.push({ tone, what: device.id, text, brief, key, href });
  const said = (tone, text) => add(tone, foreign(text), null, text);
  if (["offline", "broken", "wrong_device"].includes(device.state)) {
    const state = deviceState(device.state);
    const { reason } = device;
    add("bad", reason ? [state, ": ", foreign(reason)] : state, reason && foreign(reason), `${state}: ${reason}`);
  }
  if (device.journal_hold) {
    const reason = device.journal_hold;
    add("bad", woven(t("The journal waits to be accepted: {reason}"), { reason }), null, reason);
  }
  if (device.state === "ready") {
    if (status.paper === "out") add("bad", t("No paper."));
    if (status.paper === "low") add("warn", t("Paper is running out."));
    if (status.cover === "open") add("bad", t("The cover is open."));
    if (status.shift === "expired") add("bad", t("The shift is too old: close it with a Z report."));
    if (status.fiscal_memory === "full") add("bad", t("The fiscal memory is full: call the service."));
    if (status.fiscal_memory === "low") add("warn", t("The fiscal memory is nearly full."));
    if (clockIsWrong(status)) add("warn", t("The clock of the device is wrong."));
    if (status.attention) said("warn", status.attention);
    for (const problem of status.problems ?? []) said("warn", problem);
  }
  for (const alert of device.alerts ?? []) said("bad", alert.text);
  return found.filter((one, index) => found.findIndex((other) => other.key === one.key) === index);
}

/** One entry for a device, with all that is wrong with it. */
function together(device) {
  const found = ofDevice(device);
  return found.length === 0 ? [] : [{ ...found[0], tone: found.some((one) => one.tone === "bad") ? "bad" : "warn", text: joined(found.map((one) => one.text), " ") }];
}

function waiting(job) {
  const why = job.attention?.text;
  const unknown = ofMoney(job.op) ? t("it is not known what the terminal did") : t("it is not known whether the document came out");
  const doubt = job.state === "unresolved" ? unknown : null;
  return [...jobName(job), ": ", ...joined([doubt, why && foreign(why)].filter(Boolean), " – ")];
}

export function ofJobs() {
  return [...state.open.values()]
    .filter((job) => job.state === "unresolved" || job.attention)
    .map((job) => ({
      tone: job.state === "unresolved" ? "bad" : "warn",
      what: job.device,
      text: waiting(job),
      href: to("jobs", job.id),
      act: job.attention?.prompt_id ? t("Answer") : job.state === "unresolved" ? t("Settle") : null,
    }));
}

export function everything() {
  const found = [...ofJobs(), ...state.devices.flatMap(together)];
  for (const one of state.pairings) {
    found.push({ tone: "warn", what: one.origin, text: t("asks to be let in"), href: to("access"), act: t("Decide") });
  }
  for (const plugin of state.families) {
    if (plugin.problem) found.push({ tone: "bad", what: plugin.plugin, text: foreign(plugin.problem), href: to("plugins") });
  }
  for (const problem of state.health?.problems ?? []) {
    if (problem.startsWith("journal: ") || problem.startsWith("the bridge")) {
      found.push({ tone: "bad", what: "Tillbridge", text: problem, href: to("system") });
    }
  }
  return found.sort((a, b) => (a.tone === "bad" ? 0 : 1) - (b.tone === "bad" ? 0 : 1));
}
