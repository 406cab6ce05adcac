// What the console knows, in one place: read at the sign-in, kept true by the bridge's events. Views look, actions change.
import { Problem, call, get, hold, onExpired, post, tellPresent } from "./api.js";
import { choose, current, duration, t } from "./i18n.js";
import { Idle } from "./idle.js";
import { Events } from "./socket.js";

// What happens; and what an administrator is told of as it stands.
const TOLD = ["job.updated", "job.amended", "job.prompt", "device.updated"];
const VIEWS = ["health.updated", "pairing.updated", "discovery.updated"];

export const OPEN_STATES = ["queued", "running", "unresolved"];

/** All that is known to whoever is signed in. It goes with him: the next one in this page may be an attendant. */
const nothing = () => ({
  session: null,
  attendant: false,
  bridge: null, // its version, installation and start
  line: "up", // up, gone, back
  devices: [],
  open: new Map(), // jobs that are not final, by id
  pairings: [],
  families: [], // plugins, each with its families
  common: null, // the schema of what every device has
  health: null,
  notices: [],
  closing: false, // nobody was here for long: the view is about to close
});

export const state = {
  phase: "starting", // starting, closed, open
  closed: null, // why it is closed: { title, text }
  ...nothing(),
};

const watchers = new Set();
const listeners = new Set();
let events = null;
let idle = null;
let scheduled = false;
let notice = 0;

/** Call `redraw` after each change, once for all changes of one step. */
export function watch(redraw) {
  watchers.add(redraw);
  return () => watchers.delete(redraw);
}

export function change(values = {}) {
  Object.assign(state, values);
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    for (const redraw of watchers) redraw();
  });
}

/** `heard(kind, params)` for every event; kind "line" when the connection is back and everything may have changed. */
export function listen(heard) {
  listeners.add(heard);
  return () => listeners.delete(heard);
}

const tell = (kind, params) => listeners.forEach((heard) => heard(kind, params));

// -- notices ------------------------------------------------------------------------------------------------------------

export function say(text, wrong = false) {
  const id = ++notice;
  change({ notices: [...state.notices.slice(-3), { id, text, wrong }] });
  if (!wrong) setTimeout(() => dismiss(id), 8000);
}

export const dismiss = (id) => change({ notices: state.notices.filter((one) => one.id !== id) });

/** Do it, and tell how it went. True: it was done. */
export async function attempt(doing, done) {
  try {
    const answer = await doing();
    const told = typeof done === "function" ? done(answer) : done;
    if (told) say(told);
    return true;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.outdated) return false;
    say(problem.remedy ? `${problem.message} ${problem.remedy}` : problem.message, true);
    return false;
  }
}

// -- signing in and out -------------------------------------------------------------------------------------------------

export function close(title, text) {
  events?.stop();
  idle?.stop();
  events = idle = null;
  hold(null, null); // first of all: what is still on its way to the one who leaves is thrown away when it comes
  for (const timer of later.values()) clearTimeout(timer);
  later.clear();
  document.title = "Tillbridge";
  history.replaceState(null, "", "/"); // whoever signs in next begins at the beginning
  change({ ...nothing(), phase: "closed", closed: { title, text } });
}

const signedOut = () => close(t("Signed out"), t("This session has ended, or the bridge was started anew."));

/** Sign out. */
export async function leave(text = "") {
  const gone = call("DELETE", "/session/console");
  close(t("Signed out"), text);
  await gone.catch(() => {}); // the token is forgotten here all the same, and ends at the bridge by itself
}

/** With the answer to a sign-in. */
export async function open(signed) {
  hold(signed.token, signed.token_id);
  onExpired(signedOut);
  try {
    const session = await get("/session");
    change({ session, attendant: !session.scopes.includes("admin") });
    await load();
  } catch (problem) {
    hold(null, null);
    change(nothing());
    throw problem;
  }
  change({ phase: "open", closed: null });
  if (signed.idle_seconds !== null) {
    idle = new Idle({
      seconds: signed.idle_seconds,
      tell: () => tellPresent().catch(() => {}),
      warn: (closing) => change({ closing }),
      end: () => leave(t("Nobody was here for {time}.", { time: duration(signed.idle_seconds) })),
    });
  }
  follow();
}

const follow = () => {
  events = new Events({ kinds: state.attendant ? TOLD : [...TOLD, ...VIEWS], heard, line, refused: signedOut });
};

/** Another language: what the bridge says comes in it, too. */
export async function speak(language) {
  await choose(language, true);
  if (state.phase === "open") {
    events?.stop();
    follow();
    await load().catch(() => {});
  }
  change({ language: current() });
}

export const signIn = async (code) => open(await post("/session/console", { code }));

function line(up) {
  if (!up) return change({ line: "gone" });
  if (state.line === "gone") {
    change({ line: "back" });
    setTimeout(() => state.line === "back" && change({ line: "up" }), 6000);
    load().catch(() => {});
  } else {
    // The first time: how devices, pairings and health stand is told with the subscription, what jobs did before it is not.
    readOpen().catch(() => {});
  }
  tell("line", {});
  return undefined;
}

// -- reading ------------------------------------------------------------------------------------------------------------

async function load() {
  await Promise.all([readDevices(), readOpen(), readPairings(), readFamilies(), readHealth()]);
}

/** Devices as they are configured, and how they are: the second asks none of them. */
export async function readDevices() {
  const [{ devices }, { bridge, devices: seen }] = await Promise.all([get("/devices"), get("/overview")]);
  const now = new Map(seen.map((one) => [one.id, one]));
  change({ bridge, devices: devices.map((one) => ({ ...one, ...newest(device(one.id), told(now.get(one.id) ?? {})) })) });
  for (const one of state.devices) if (one.state === "ready" && one.status === null) soon(`status ${one.id}`, () => readStatus(one.id));
}

/** Ask the device itself. */
export async function readStatus(id) {
  merge(id, await get(`/devices/${encodeURIComponent(id)}/status`));
}

/** What events tell of a device, too. */
const LIVE = ["state", "reason", "status", "queue", "open_jobs", "last_error", "alerts", "journal_hold"];
const told = (report) => Object.fromEntries(LIVE.filter((name) => name in report).map((name) => [name, report[name]]));

/** An answer that was on its way while an event told something newer takes nothing of it back. */
const newest = (known, report) =>
  known?.status && report.status && Date.parse(report.status.as_of) < Date.parse(known.status.as_of) ? told(known) : report;

const merge = (id, report) =>
  change({ devices: state.devices.map((one) => (one.id === id ? { ...one, ...newest(one, told(report)) } : one)) });

/** For each reading of the open jobs that is under way: what was told of jobs meanwhile, which its answer may not know yet. */
const meanwhile = new Set();

async function readOpen() {
  const newer = new Map();
  meanwhile.add(newer);
  try {
    const { jobs } = await get(`/jobs?state=${OPEN_STATES.join(",")}&limit=200`);
    const open = new Map(jobs.map((job) => [job.id, job]));
    for (const job of newer.values()) put(open, job);
    change({ open });
  } finally {
    meanwhile.delete(newer);
  }
}

export async function readPairings() {
  if (!state.attendant) change({ pairings: (await get("/pairing")).pairings });
}

export async function readFamilies() {
  if (state.attendant) return;
  const { families: plugins, device: common } = await get("/families");
  change({ families: plugins, common });
}

async function readHealth() {
  change({ health: await get("/health") });
}

// -- what happens -------------------------------------------------------------------------------------------------------

const later = new Map();

/** Once, a moment from now, however often it is asked for: a burst of events is one question to the bridge. */
export function soon(name, doing, milliseconds = 250) {
  if (later.has(name)) return;
  later.set(
    name,
    setTimeout(() => {
      later.delete(name);
      if (state.phase === "open") doing().catch(() => {});
    }, milliseconds),
  );
}

function heard(method, params) {
  if (method === "device.updated") {
    if (params.status === null || !state.devices.some((one) => one.id === params.device)) soon("devices", readDevices);
    else {
      const before = state.devices.find((one) => one.id === params.device);
      merge(params.device, params.status);
      if (before.state !== params.status.state) soon("devices", readDevices); // its identity, or what it can do
    }
  } else if (method === "job.updated" || method === "job.amended") {
    keep(params.job);
  } else if (method === "job.prompt") {
    const job = state.open.get(params.job_id);
    if (job) keep({ ...job, attention: params.attention });
    else soon("open", readOpen);
  } else if (method === "pairing.updated") {
    change({ pairings: params.pairings });
  } else if (method === "health.updated") {
    change({ health: { ...state.health, ...params.health } });
  }
  tell(method, params);
}

/** A job as it stands now. */
export function keep(job) {
  for (const newer of meanwhile) newer.set(job.id, job);
  const open = new Map(state.open);
  put(open, job);
  change({ open });
}

function put(open, job) {
  if (OPEN_STATES.includes(job.state)) open.set(job.id, job);
  else open.delete(job.id);
}

// -- looking ------------------------------------------------------------------------------------------------------------

export const device = (id) => state.devices.find((one) => one.id === id);

/** Every family that works, with the plugin that brings it. */
export const families = () => state.families.flatMap((plugin) => plugin.families.map((family) => ({ ...family, plugin })));
