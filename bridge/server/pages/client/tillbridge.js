// Tillbridge 0.1.0, the client for pages. Apache-2.0

// src/errors.ts
var TillbridgeError = class extends Error {
  kind;
  problem;
  remedy;
  key;
  fate;
  constructor(kind2, message, details = {}) {
    super(message, details.cause === void 0 ? void 0 : { cause: details.cause });
    this.name = "TillbridgeError";
    this.kind = kind2;
    this.problem = details.problem;
    this.remedy = details.remedy ?? details.problem?.remedy;
    this.key = details.key;
    this.fate = details.fate;
  }
};
var refused = (problem) => {
  const elsewhere = problem.code === "gate.wrong_session" || problem.code === "gate.session_unknown";
  return new TillbridgeError(elsewhere ? "wrong_session" : "refused", problem.detail, { problem });
};
var lost = (why, cause) => new TillbridgeError("lost", why, { cause });
var aborted = (details = {}) => new TillbridgeError("aborted", "The page ended this.", details);
var notRunning = (message, cause) => new TillbridgeError("not_running", message, { cause, remedy: "Start Tillbridge on this computer, then try again." });
var notPaired = (message, problem) => new TillbridgeError("not_paired", message, { problem, remedy: "Pair this page with the bridge." });
var impostor = () => new TillbridgeError("impostor", "The program that answers does not know this page's token, so nothing was sent to it.", {
  remedy: "Either another program took the bridge's port, or the pairing was taken back or replaced. Look at the bridge's console; if it is the bridge, pair this page again."
});
var ownProblem = (code, detail, remedy) => ({
  type: `urn:tillbridge:error:${code}`,
  title: detail,
  status: 409,
  code,
  detail,
  remedy,
  retry: "safe",
  errors: []
});

// src/bridge.ts
var Bridge = class {
  /** @internal */
  constructor(connection, submitting, session, instance) {
    this.connection = connection;
    this.submitting = submitting;
    this.session = session;
    this.instance = instance;
  }
  connection;
  submitting;
  session;
  instance;
  async devices() {
    return (await this.connection.ask("devices.list")).devices;
  }
  /** By its id or by an alias of the token: `till-1`, `@fiscal`. Nothing is asked yet. */
  device(id) {
    return new BridgeDevice(this, this.connection, id);
  }
  /**
   * One operation, exactly once. It is remembered before it is sent, and sent again under the same key until what became of it is
   * known: a lost connection makes it slower and nothing else.
   *
   * Rejects with `aborted` where `signal` (or `close()`) ends it, and with a TypeError where `operation` is none.
   */
  submit(device, operation, options) {
    return this.submitting.submit(device, operation, options);
  }
  /** What this till has not collected yet, from before a reload too. Each is told again until `collect` is called for it. */
  resume(options) {
    return this.submitting.resume(options);
  }
  /** This outcome is in the till's own books: neither the bridge nor this page need remember it. */
  collect(outcome) {
    return this.submitting.collect(outcome);
  }
  /** The same by the job's id. */
  ack(jobId) {
    return this.submitting.ack(jobId);
  }
  /** What the operation would be on this device: totals, and the paper as text. Nothing is stored or sent. */
  preview(device, operation) {
    return this.connection.ask("devices.preview", { ...operation, device });
  }
  /**
   * The paper of a job as it stands, to be shown: `svg` (in an image, never as markup of the page), `html` for a sandboxed frame, or text.
   * `copy`: which of a card terminal's slips.
   */
  receipt(jobId, format = "svg", copy) {
    return this.connection.ask("jobs.receipt", { job: jobId, format, ...copy && { copy } });
  }
  job(id) {
    return this.connection.ask("jobs.get", { job: id });
  }
  jobs(filter = {}) {
    return this.connection.ask("jobs.list", filter);
  }
  /** Card payments of this till, newest first. */
  payments(filter = {}) {
    return this.connection.ask("payments.list", filter);
  }
  /** Let the terminal be asked again what became of a payment; the job as it stands within `wait` seconds. */
  refresh(jobId, wait) {
    return this.connection.ask("payments.refresh", { job: jobId, ...wait && { wait } });
  }
  /** Answer the question of a job. */
  async answer(jobId, promptId, choice) {
    try {
      return await this.connection.ask("jobs.answer", { job: jobId, prompt_id: promptId, choice });
    } catch (error) {
      if (!(error instanceof TillbridgeError) || error.problem?.code !== "request.conflict") throw error;
      const job = await this.job(jobId);
      if (job.attention?.prompt_id === promptId) throw error;
      return job;
    }
  }
  /** Ask for the job's end. What became of it is the job's to say, not this answer's. */
  async abort(jobId) {
    return (await this.connection.ask("jobs.abort", { job: jobId })).abort;
  }
  /** Listen; the answer ends it. Job events come each once and in order, also those of a time without connection. */
  on(kind2, handler) {
    return this.connection.on(kind2, handler);
  }
  /** Hang up for good. What was submitted goes on at the bridge; who waits here is told `aborted`. */
  close() {
    this.connection.close();
  }
};
var BridgeDevice = class {
  /** @internal */
  constructor(bridge, connection, id) {
    this.bridge = bridge;
    this.connection = connection;
    this.id = id;
  }
  bridge;
  connection;
  id;
  get() {
    return this.connection.ask("devices.get", { device: this.id });
  }
  status() {
    return this.connection.ask("devices.status", { device: this.id });
  }
  submit(operation, options) {
    return this.bridge.submit(this.id, operation, options);
  }
  preview(operation) {
    return this.bridge.preview(this.id, operation);
  }
};

// src/environment.ts
var PERMISSIONS = ["loopback-network", "local-network-access"];
var realClock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) => new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(milliseconds, 2 ** 31 - 1));
    signal?.addEventListener("abort", end);
  })
};
async function permission() {
  for (const name of PERMISSIONS) {
    try {
      return (await navigator.permissions.query({ name })).state;
    } catch {
    }
  }
  return "unknown";
}
function frame() {
  const page = globalThis;
  const policy = page.document?.permissionsPolicy ?? page.document?.featurePolicy;
  const known = PERMISSIONS.find((name) => policy?.features().includes(name));
  let foreign = false;
  try {
    foreign = page.top !== page.self && page.top.location.origin !== location.origin;
  } catch {
    foreign = true;
  }
  return { foreign, allowed: known === void 0 ? void 0 : policy?.allowsFeature(known) };
}
function storage() {
  try {
    const found = globalThis.localStorage;
    found.setItem("tillbridge:test", "1");
    found.removeItem("tillbridge:test");
    return found;
  } catch {
    return void 0;
  }
}
function environment(given = {}) {
  return {
    fetch: (url, init) => fetch(url, init),
    WebSocket: globalThis.WebSocket,
    clock: realClock,
    crypto: globalThis.crypto,
    location: globalThis.location,
    permission,
    activated: () => globalThis.navigator?.userActivation?.isActive ?? false,
    frame,
    storage,
    language: globalThis.document?.documentElement?.lang || globalThis.navigator?.language,
    ...given
  };
}
var isLoopback = (hostname) => /^(localhost|(.+\.)?localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);

// src/contact.ts
var PROMPT_MS = 31e4;
var ANSWER_MS = 15e3;
var REFUSED_AT_ONCE_MS = 1e3;
var Contact = class {
  constructor(env, gesture) {
    this.env = env;
    this.gesture = gesture;
  }
  env;
  gesture;
  /** The address that answers, of those given, and what it says. Throws TillbridgeError. */
  async find(bases, signal) {
    const { env } = this;
    const clicked = env.activated();
    if (!env.crypto?.subtle) throw insecurePage();
    let failure;
    for (const base of bases) {
      const guarded = this.guarded(base);
      if (guarded) await this.ask(clicked);
      const before = env.clock.now();
      try {
        return { base, ping: await this.ping(base, signal) };
      } catch (error) {
        if (signal?.aborted) throw aborted();
        if (error instanceof TillbridgeError && error.kind !== "not_running") throw error;
        failure = error;
      }
      if (guarded && await this.blocked()) throw blocked(env);
      if (guarded && env.clock.now() - before > REFUSED_AT_ONCE_MS && await env.permission() === "prompt")
        throw blocked(env, "The browser's question was not answered.");
    }
    if (failure instanceof TillbridgeError) throw failure;
    throw notRunning("Tillbridge does not answer on this computer.", failure);
  }
  /** Whether a bridge answers there. Rejects with what fetch rejects with, or a TillbridgeError. */
  async ping(base, signal) {
    const { status, body } = await this.fetch(base, "/ping", { cache: "no-store" }, signal);
    if (status !== 200) throw refused(body);
    const ping = body;
    if (ping?.name !== "tillbridge") throw notRunning("Another program answers on the bridge's port.");
    return ping;
  }
  /** One request, with a time limit that lets a person answer the browser. */
  async fetch(base, path, init, signal) {
    const { env } = this;
    const limit = new AbortController();
    const done = new AbortController();
    const stop = () => limit.abort();
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    void env.clock.sleep(await this.patience(base), done.signal).then(() => done.signal.aborted || stop());
    try {
      const space = isLoopback(new URL(base).hostname) ? { targetAddressSpace: "loopback" } : {};
      const answer = await env.fetch(`${base}/api/v1${path}`, { ...init, ...space, signal: limit.signal });
      let body;
      try {
        body = JSON.parse(await answer.text());
      } catch {
        throw notRunning("Another program answers on the bridge's port.");
      }
      if (answer.status >= 400 && typeof body?.code !== "string")
        throw notRunning("Another program answers on the bridge's port.");
      return { status: answer.status, body };
    } finally {
      done.abort();
      signal?.removeEventListener("abort", stop);
    }
  }
  /** How long opening a connection may take: as long as the browser's question may stand there. */
  async patience(base) {
    return this.guarded(base) && await this.env.permission() !== "granted" ? PROMPT_MS : ANSWER_MS;
  }
  async blocked() {
    return await this.env.permission() === "denied";
  }
  /** Whether a browser stands between this page and that address. */
  guarded(base) {
    const page = this.env.location;
    return page !== void 0 && !isLoopback(page.hostname) && isLoopback(new URL(base).hostname);
  }
  async ask(clicked) {
    const { env } = this;
    if (env.frame().allowed === false) throw blocked(env);
    const state = await env.permission();
    if (state === "denied") throw blocked(env);
    if (state === "prompt" && this.gesture === "required" && !clicked && !env.activated())
      throw new TillbridgeError("needs_gesture", "The browser will ask whether this page may reach programs on this computer.", {
        remedy: "Connect in a click, and tell the person first that the browser is going to ask."
      });
  }
};
var insecurePage = () => new TillbridgeError(
  "insecure_page",
  "This page was not loaded over https, so browsers let it reach no program on this computer.",
  {
    remedy: "Serve the page over https, or from http://localhost."
  }
);
function blocked(env, message) {
  const { foreign, allowed } = env.frame();
  if (allowed === false && !foreign)
    return new TillbridgeError("blocked", "This page's own Permissions-Policy keeps it from the programs on this computer.", {
      remedy: "The server of the page must not send Permissions-Policy: loopback-network=() or local-network-access=()."
    });
  if (allowed === false || foreign && allowed === void 0)
    return new TillbridgeError(
      "blocked",
      'This page stands in a frame of another site, which does not let it reach programs on this computer: allow="loopback-network" is missing.',
      { remedy: 'The page around it must say <iframe allow="loopback-network" ...>.' }
    );
  return new TillbridgeError("blocked", message ?? "The browser does not let this page reach programs on this computer.", {
    remedy: "Click the symbol beside the page's address, open the site's settings, allow access to apps and services on this device, and load the page again."
  });
}

// src/proof.ts
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
var tokenId = (token) => /^tb[wnc]_([0-9a-f]{12})_/.exec(token)?.[1] ?? "admin";
var Prover = class {
  constructor(crypto, token, host) {
    this.crypto = crypto;
    this.token = token;
    this.host = host;
    this.nonce = base64url(crypto.getRandomValues(new Uint8Array(32)));
    this.id = tokenId(token);
  }
  crypto;
  token;
  host;
  nonce;
  id;
  async proof(role, serverNonce) {
    const text = new TextEncoder();
    const subtle = this.crypto.subtle;
    const digest = await subtle.digest("SHA-256", text.encode(this.token));
    const key = await subtle.importKey("raw", digest, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const lines = [`tillbridge proof 1 ${role}`, this.host, this.id, this.nonce, serverNonce];
    return base64url(new Uint8Array(await subtle.sign("HMAC", key, text.encode(lines.join("\n")))));
  }
};

// src/session.ts
var PROOF_MS = 1e4;
var Session = class _Session {
  constructor(socket, env) {
    this.socket = socket;
    this.env = env;
    this.heard = env.clock.now();
    this.closed = new Promise((resolve) => {
      this.end = resolve;
    });
    socket.onmessage = (event) => this.take(event.data);
    socket.onclose = ({ code, reason }) => this.drop({ code, reason });
  }
  socket;
  env;
  welcome;
  closed;
  onNotification = () => {
  };
  /** When something was last heard, by the clock. */
  heard;
  end;
  gone;
  last = 0;
  waiting = /* @__PURE__ */ new Map();
  /** A socket on which both sides have proved themselves. `openMs`: how long the browser may take, a person included. */
  static async open(env, base, token, options) {
    if (options.signal?.aborted) throw aborted();
    const { host } = new URL(base);
    const socket = new env.WebSocket(`${base.replace(/^http/, "ws")}/api/v1/ws`);
    const session = new _Session(socket, env);
    const limit = new AbortController();
    const stop = () => session.close();
    options.signal?.addEventListener("abort", stop);
    try {
      const opened = new Promise((resolve) => {
        socket.onopen = () => resolve(true);
        socket.onerror = () => {
        };
        void session.closed.then(() => resolve(false));
        void env.clock.sleep(options.openMs, limit.signal).then(() => resolve(false));
      });
      if (!await opened) throw lost("The WebSocket does not open.");
      void env.clock.sleep(PROOF_MS, limit.signal).then(() => limit.signal.aborted || session.close());
      session.welcome = await session.prove(host, token, options.language);
      return session;
    } catch (error) {
      session.close();
      throw options.signal?.aborted ? aborted() : error;
    } finally {
      limit.abort();
      options.signal?.removeEventListener("abort", stop);
    }
  }
  /** The result, once. Rejects with `refused` and the problem, or with `lost`: then nothing is known of it. */
  call(method, params = {}) {
    return new Promise((resolve, reject) => {
      if (this.gone) return reject(lost("The connection is closed."));
      const id = ++this.last;
      this.waiting.set(id, { resolve, reject });
      try {
        this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      } catch (error) {
        this.waiting.delete(id);
        reject(lost("The connection is closed.", error));
      }
    });
  }
  close() {
    this.socket.close();
    this.drop({ code: 1e3, reason: "" });
  }
  async prove(host, token, language) {
    const prover = new Prover(this.env.crypto, token, host);
    const lang = language && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/.test(language) ? { lang: language } : {};
    const said = await this.call("session.authenticate", {
      token_id: prover.id,
      nonce: prover.nonce,
      ...lang
    });
    if (said.proof !== await prover.proof("server", said.nonce)) throw impostor();
    try {
      return await this.call("session.confirm", { proof: await prover.proof("client", said.nonce) });
    } catch (error) {
      const problem = error instanceof TillbridgeError ? error.problem : void 0;
      const unpaired = ["gate.unauthorised", "gate.token_origin_mismatch", "gate.origin_required"].includes(problem?.code ?? "");
      throw unpaired ? notPaired(problem.detail, problem) : error;
    }
  }
  take(data) {
    this.heard = this.env.clock.now();
    if (this.gone) return;
    let message;
    try {
      message = JSON.parse(String(data));
    } catch {
      this.close();
      return;
    }
    if (message.method !== void 0) {
      this.onNotification(message.method, message.params);
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (!waiting) return;
    if (!message.error) waiting.resolve(message.result);
    else if (message.error.data) waiting.reject(refused(message.error.data));
    else waiting.reject(new TillbridgeError("refused", message.error.message));
  }
  drop(closed) {
    if (this.gone) return;
    this.gone = closed;
    for (const { reject } of this.waiting.values()) reject(lost("The connection broke before the answer."));
    this.waiting.clear();
    this.end(closed);
  }
};

// src/connection.ts
var SHORTEST_MS = 200;
var LONGEST_MS = 15e3;
var LOOK_MS = 3e4;
var GONE = "events.gone";
var Connection = class {
  constructor(env, contact, pairings, base, instance, token, given, language) {
    this.env = env;
    this.contact = contact;
    this.pairings = pairings;
    this.base = base;
    this.token = token;
    this.given = given;
    this.language = language;
    this.instance = instance;
  }
  env;
  contact;
  pairings;
  base;
  token;
  given;
  language;
  /** The bridge's id, of its data directory. */
  instance;
  session;
  /** Why it ended for good. */
  ended;
  position;
  /** How often events were lost since every job that is not collected was last told anew. */
  missed = 0;
  handlers = /* @__PURE__ */ new Map();
  ending = new AbortController();
  waiters = [];
  /** The first time. Throws TillbridgeError; afterwards it keeps itself up. */
  async start(signal) {
    const session = await this.open(signal);
    void this.keep(session);
  }
  /** The session, as soon as there is one. Rejects where there will be none any more, or the caller gives up. */
  async ready(signal) {
    if (signal?.aborted) throw aborted();
    if (this.ended) throw this.ended;
    if (this.session) return this.session;
    return await within(new Promise((resolve, reject) => this.waiters.push({ resolve, reject })), signal);
  }
  /**
   * A call that may be put twice without harm: again where its answer was lost, and where the bridge says "later". Rejects with
   * `refused` and the problem.
   */
  async ask(method, params = {}, signal) {
    for (let tries = 0; ; ) {
      const session = await this.ready(signal);
      try {
        return await within(session.call(method, params), signal);
      } catch (error) {
        if (!(error instanceof TillbridgeError) || signal?.aborted) throw error;
        if (error.kind === "lost") continue;
        const pause = later(error.problem);
        if (pause === void 0 || tries >= 8) throw error;
        await this.rest(Math.max(pause, this.backoff(tries++)), signal);
      }
    }
  }
  /** A pause. Throws where the caller gives up meanwhile; ends at once with the connection. */
  async rest(milliseconds, signal) {
    const either = new AbortController();
    const stop = () => either.abort();
    for (const one of [signal, this.ending.signal]) {
      if (one?.aborted) stop();
      one?.addEventListener("abort", stop, { once: true });
    }
    await this.env.clock.sleep(milliseconds, either.signal);
    for (const one of [signal, this.ending.signal]) one?.removeEventListener("abort", stop);
    if (signal?.aborted) throw aborted();
  }
  /** Growing with every try, and never the same for two pages that lost the same bridge. */
  backoff(tries) {
    return Math.min(LONGEST_MS, SHORTEST_MS * 2 ** tries) * (0.5 + this.env.clock.random() / 2);
  }
  on(kind2, handler) {
    return this.listen(kind2, handler);
  }
  /** Of everything that may say something new about a job: its event, or that events were missed (null). */
  onSeen(handler) {
    return this.listen("seen", handler);
  }
  close() {
    this.end(aborted());
  }
  // -- life -------------------------------------------------------------------------------------------------------------
  async open(signal) {
    const { env, base, token, language } = this;
    const openMs = await this.contact.patience(base);
    let session;
    try {
      session = await Session.open(env, base, token, { openMs, language, signal });
    } catch (error) {
      if (error instanceof TillbridgeError && error.kind === "not_paired") this.forget();
      throw error instanceof TillbridgeError && error.kind === "lost" ? await this.diagnosis(error, signal) : error;
    }
    try {
      session.onNotification = (method, params) => this.told(session, method, params);
      await this.subscribe(session);
    } catch (error) {
      session.close();
      throw error;
    }
    if (this.ended) {
      session.close();
      throw this.ended;
    }
    this.session = session;
    for (const { resolve } of this.waiters.splice(0)) resolve(session);
    this.tell("seen", null);
    this.tell("connection", { state: "connected" });
    return session;
  }
  async keep(first) {
    let session = first;
    for (; ; ) {
      void this.look(session);
      const closed = await session.closed;
      this.session = void 0;
      if (this.ended) return;
      let error = await this.meaning(closed);
      if (this.ended) return;
      for (let tries = 0; ; tries += 1) {
        const retryIn = Math.max(this.backoff(tries), later(error.problem) ?? 0);
        this.tell("connection", { state: "waiting", error, retryIn });
        await this.rest(retryIn);
        if (this.ended) return;
        try {
          await this.answers(this.ending.signal);
          session = await this.open(this.ending.signal);
          break;
        } catch (failure) {
          if (this.ended) return;
          error = failure instanceof TillbridgeError ? failure : lost(String(failure), failure);
          if (error.problem && (error.kind === "not_paired" || error.kind === "wrong_session")) return this.end(error);
        }
      }
    }
  }
  /** What a close means for what comes next. */
  async meaning(closed) {
    if (closed.code !== 4401 && closed.code !== 4403) return lost("The connection broke.");
    const newer = this.given ? void 0 : this.pairings.token(this.instance);
    if (newer && newer !== this.token) {
      this.token = newer;
      return lost("The token was replaced.");
    }
    this.forget();
    const error = notPaired(
      `The bridge ended the pairing of this page: ${closed.reason || "the token is worth nothing any more"}.`
    );
    this.end(error);
    return error;
  }
  forget() {
    if (!this.given) this.pairings.forget(this.instance, this.token);
  }
  /** Why a socket does not open: browsers do not tell, but what else can be asked does. */
  async diagnosis(error, signal) {
    const { contact, base } = this;
    const body = JSON.stringify({ token_id: "0".repeat(12), nonce: "A".repeat(43) });
    const init = { method: "POST", headers: { "Content-Type": "application/json" }, body };
    for (let times = 0; times < 2; times += 1) {
      try {
        await this.answers(signal);
        await contact.fetch(base, "/session/proof", init, signal);
        return error;
      } catch (failure) {
        if (failure instanceof TillbridgeError) return failure;
        if (signal?.aborted) return aborted();
      }
      await this.rest(this.backoff(times), signal);
    }
    return notPaired("The bridge answers, and does not take this page: nothing pairs it any more.");
  }
  /** Whether a bridge is there, as far as can be told without a token. Throws TillbridgeError. */
  async answers(signal) {
    const { contact, base } = this;
    if (signal?.aborted) throw aborted();
    if (contact.guarded(base) && await contact.blocked()) throw blocked(this.env);
    try {
      await contact.ping(base, signal);
    } catch (failure) {
      if (failure instanceof TillbridgeError) throw failure;
      throw signal?.aborted ? aborted() : notRunning("Tillbridge does not answer on this computer.", failure);
    }
  }
  /** A connection may be dead without a word, as when a tablet has slept. */
  async look(session) {
    const { clock } = this.env;
    let open = true;
    void session.closed.then(() => {
      open = false;
    });
    for (; ; ) {
      await this.rest(LOOK_MS);
      if (!open || this.ended) return;
      if (clock.now() - session.heard < LOOK_MS) continue;
      const before = session.heard;
      session.call("session.ping").catch(() => {
      });
      await this.rest(LOOK_MS / 2);
      if (open && session.heard === before) return session.close();
    }
  }
  end(error) {
    if (this.ended) return;
    this.ended = error;
    this.ending.abort();
    this.session?.close();
    this.session = void 0;
    for (const { reject } of this.waiters.splice(0)) reject(error);
    this.tell("seen", null);
    this.tell("connection", { state: "closed", error });
  }
  // -- events -----------------------------------------------------------------------------------------------------------
  async subscribe(session) {
    const subscribed = (params) => session.call("events.subscribe", params);
    try {
      const answer = await subscribed(this.position ?? {});
      this.position ??= { epoch: answer.epoch, after: answer.after };
      if (this.missed) await this.retell(session);
    } catch (error) {
      const problem = error instanceof TillbridgeError ? error.problem : void 0;
      if (problem?.code !== GONE) throw error;
      await this.restart(session, problem.epoch, problem.last);
    }
  }
  /** Events were lost: hear what comes from now on first, then see how everything stands, so that nothing falls in between. */
  async restart(session, epoch, last) {
    this.position = { epoch, after: last };
    this.missed += 1;
    await session.call("events.subscribe", this.position);
    this.tell("seen", null);
    await this.retell(session);
  }
  async retell(session) {
    const { missed } = this;
    const newer = /* @__PURE__ */ new Set();
    const off = this.onSeen((job) => newer.add(typeof job === "string" ? job : job?.id));
    try {
      let after;
      do {
        const page = await session.call("jobs.list", { collected: false, limit: 200, ...after ? { after } : {} });
        for (const job of page.jobs) {
          if (newer.has(job.id)) continue;
          const at = new Date(this.env.clock.now()).toISOString();
          const told = { seq: null, at, device: job.device, job_id: job.id };
          this.tell("job", { ...told, kind: "resync", job });
          if (job.attention) this.tell("prompt", { ...told, attention: job.attention });
        }
        after = page.next;
      } while (after);
    } catch (error) {
      const refused2 = error instanceof TillbridgeError && error.problem;
      if (!refused2 || later(refused2) !== void 0) throw error;
    } finally {
      off();
    }
    if (missed === this.missed) this.missed = 0;
  }
  told(session, method, params) {
    if (method === "device.updated") {
      this.tell("device", params);
      return;
    }
    if (method === "events.reset") {
      const { epoch, last } = params;
      this.restart(session, epoch, last).catch(() => session.close());
      return;
    }
    if (!method.startsWith("job.")) return;
    const event = params;
    this.position ??= { epoch: session.welcome.epoch, after: event.seq - 1 };
    if (event.seq <= this.position.after) return;
    this.position.after = event.seq;
    const { job } = event;
    if (method === "job.prompt") this.tell("prompt", params);
    else if (job) this.tell("job", { ...params, kind: method.slice(4) });
    this.tell("seen", job ?? event.job_id);
  }
  listen(kind2, handler) {
    const own = (event) => handler(event);
    const handlers = this.handlers.get(kind2) ?? /* @__PURE__ */ new Set();
    this.handlers.set(kind2, handlers.add(own));
    return () => handlers.delete(own);
  }
  tell(kind2, event) {
    for (const handler of [...this.handlers.get(kind2) ?? []]) {
      try {
        handler(event);
      } catch (error) {
        setTimeout(() => {
          throw error;
        });
      }
    }
  }
};
function later(problem) {
  const again = ["gate.rate", "server.stopping", "server.storage", "server.error"];
  return problem && again.includes(problem.code) ? (problem.retry_after ?? 1) * 1e3 : void 0;
}
async function within(promise, signal) {
  if (!signal) return await promise;
  let stop = () => {
  };
  const given = new Promise((_, reject) => {
    stop = () => reject(aborted());
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, given]);
  } finally {
    signal.removeEventListener("abort", stop);
    promise.catch(() => {
    });
  }
}

// src/memory.ts
var Places = class {
  constructor(storage2) {
    this.storage = storage2;
  }
  storage;
  own = /* @__PURE__ */ new Map();
  get(place) {
    return this.own.get(place) ?? this.attempt((storage2) => storage2.getItem(place)) ?? null;
  }
  set(place, text) {
    this.own.delete(place);
    const written = this.attempt((storage2) => {
      storage2.setItem(place, text);
      return true;
    });
    if (!written) {
      this.attempt((storage2) => storage2.removeItem(place));
      this.own.set(place, text);
    }
  }
  remove(place) {
    this.own.delete(place);
    this.attempt((storage2) => storage2.removeItem(place));
  }
  /** The values behind each place that begins so. */
  all(beginning) {
    const places = new Set(this.own.keys());
    this.attempt((storage2) => {
      for (let index = 0; index < storage2.length; index += 1) places.add(storage2.key(index) ?? "");
    });
    const found = [];
    for (const place of places) {
      const text = place.startsWith(beginning) ? this.get(place) : null;
      if (text !== null) found.push([place, text]);
    }
    return found;
  }
  attempt(act) {
    try {
      return this.storage ? act(this.storage) : void 0;
    } catch {
      return void 0;
    }
  }
};
function parsed(text, fits) {
  try {
    const value = JSON.parse(text ?? "null");
    return value !== null && fits(value) ? value : void 0;
  } catch {
    return void 0;
  }
}
var TOKEN = "tillbridge:token:";
var PAIRING = "tillbridge:pairing:";
var Pairings = class {
  constructor(places) {
    this.places = places;
  }
  places;
  token(instance) {
    return this.read(TOKEN + instance)?.token;
  }
  /** Whether this page was paired with another bridge at this address. */
  elsewhere(instance, address) {
    return this.places.all(TOKEN).some(([place]) => place !== TOKEN + instance && this.read(place)?.address === address);
  }
  keep(instance, address, token) {
    for (const [place] of this.places.all(TOKEN)) if (this.read(place)?.address === address) this.places.remove(place);
    this.places.set(TOKEN + instance, JSON.stringify({ token, address }));
  }
  /** Forget this token, unless another tab has a newer one by now. */
  forget(instance, token) {
    if (this.token(instance) === token) this.places.remove(TOKEN + instance);
  }
  open(address) {
    return parsed(this.places.get(PAIRING + address), (found) => typeof found.id === "string" && found.until > 0);
  }
  keepOpen(address, pairing) {
    this.places.set(PAIRING + address, JSON.stringify(pairing));
  }
  forgetOpen(address) {
    this.places.remove(PAIRING + address);
  }
  read(place) {
    return parsed(this.places.get(place), (found) => typeof found.token === "string");
  }
};
var JOB = "tillbridge:job:";
var Operations = class {
  constructor(places, instance) {
    this.places = places;
    this.instance = instance;
  }
  places;
  instance;
  get(key) {
    return this.read(this.places.get(this.place(key)));
  }
  add(sent) {
    this.places.set(this.place(sent.key), JSON.stringify(sent));
  }
  /** Write down what became of it, unless another tab has collected its outcome meanwhile. */
  update(sent) {
    if (this.places.get(this.place(sent.key)) !== null) this.add(sent);
  }
  remove(key) {
    this.places.remove(this.place(key));
  }
  all() {
    const found = this.places.all(`${JOB}${this.instance}:`).map(([, text]) => this.read(text));
    return found.filter((sent) => sent !== void 0).sort((one, other) => one.at - other.at);
  }
  place(key) {
    return `${JOB}${this.instance}:${key}`;
  }
  read(text) {
    return parsed(text, (sent) => typeof sent.key === "string" && typeof sent.at === "number" && !!sent.operation);
  }
};
function canonical(value) {
  return JSON.stringify(
    value,
    (_, item) => item !== null && typeof item === "object" && !Array.isArray(item) ? Object.fromEntries(Object.entries(item).sort(([one], [other]) => one < other ? -1 : 1)) : item
  );
}

// src/pairing.ts
var PATIENCE_MS = 15e4;
async function pair(env, contact, pairings, base, address, options) {
  const { signal } = options;
  const pause = async (milliseconds) => {
    await env.clock.sleep(milliseconds, signal);
    if (signal?.aborted) throw aborted();
  };
  const ask = async () => {
    const until = env.clock.now() + PATIENCE_MS;
    const name = options.label ? `${options.app} ${options.label}` : options.app;
    const body = JSON.stringify({
      origin: env.location?.origin,
      app_name: name,
      ...options.scopes ? { scopes: options.scopes } : {}
    });
    const init = { method: "POST", headers: { "Content-Type": "application/json" }, body };
    for (; ; ) {
      let wait = 2e3;
      try {
        const { status, body: answer } = await contact.fetch(base, "/pairing", init, signal);
        if (status === 202) {
          const asked = answer;
          pairings.keepOpen(address, {
            id: asked.pairing_id,
            code: asked.verification_code,
            until: env.clock.now() + asked.expires_in * 1e3,
            poll: asked.poll_seconds * 1e3
          });
          return options.pair.onCode(asked.verification_code, asked.expires_in);
        }
        const problem = answer;
        wait = (problem.retry_after ?? 2) * 1e3;
        if (problem.code !== "gate.rate" || env.clock.now() + wait > until)
          throw problem.code === "gate.rate" ? new TillbridgeError("rejected", problem.detail, { problem }) : refused(problem);
      } catch (error) {
        if (signal?.aborted) throw aborted();
        if (error instanceof TillbridgeError || env.clock.now() > until) throw error;
      }
      await pause(wait);
    }
  };
  let fresh = false;
  const remembered = pairings.open(address);
  if (remembered && remembered.until > env.clock.now())
    options.pair.onCode(remembered.code, Math.round((remembered.until - env.clock.now()) / 1e3));
  else pairings.forgetOpen(address);
  for (; ; ) {
    if (!pairings.open(address)) {
      await ask();
      fresh = true;
    }
    const asked = pairings.open(address);
    if (!asked) continue;
    let found;
    try {
      const { status, body } = await contact.fetch(
        base,
        `/pairing/${encodeURIComponent(asked.id)}`,
        { cache: "no-store" },
        signal
      );
      if (status === 200) found = body;
      else if (status === 404) found = { state: "expired", expires_in: 0, token: null };
      else if (status !== 429 && status !== 503) throw refused(body);
    } catch (error) {
      if (signal?.aborted) throw aborted();
      if (error instanceof TillbridgeError && error.kind !== "not_running") throw error;
    }
    if (found?.token) {
      pairings.forgetOpen(address);
      return found.token;
    }
    if (found && found.state !== "pending" && found.state !== "approved") {
      pairings.forgetOpen(address);
      if (found.state === "rejected")
        throw new TillbridgeError("rejected", "The pairing was refused at the bridge.", { remedy: "Ask again in ten minutes." });
      if (found.state === "expired" && fresh)
        throw new TillbridgeError("rejected", "Nobody decided about the pairing in time.", {
          remedy: "Pair again, and compare the digits at the bridge within two minutes."
        });
    } else {
      await pause(asked.poll);
    }
  }
}

// src/outcomes.ts
var isFinal = (job) => job.state === "done" || job.state === "failed";
var needsPerson = (job) => job.state === "unresolved" && job.attention?.code === "resolve";
function outcomeOf(job, key) {
  const known = key === void 0 ? { job } : { job, key };
  const { attention } = job;
  switch (job.state) {
    case "done": {
      const payment = job.result?.payment ?? null;
      if (job.success) return { status: "done", document: job.result?.document ?? null, payment, ...known };
      return job.class === "effect" ? { status: "unconfirmed", ...known } : { status: "declined", payment, ...known };
    }
    case "failed":
      return { status: "failed", fate: "not_issued", error: job.error ?? forgotten(job), ...known };
    case "unresolved":
      return { status: "unresolved", attention, ...known };
    default: {
      const prompt = attention?.prompt_id ? { prompt: attention } : {};
      return { status: "waiting", attention, ...prompt, ...known };
    }
  }
}
var forgotten = (job) => ({
  code: "request.not_found",
  message: `${job.class === "money" ? "The terminal did not do it." : "Nothing was issued."} Why is no longer kept.`,
  fate: "not_issued",
  retry: "safe",
  remedy: "",
  device_code: null,
  device_text: null,
  field: null,
  limit: null,
  job: null
});

// src/submitting.ts
var WAIT_SECONDS = 30;
var DEADLINES = { document: 120, payment: 30, report: 600, effect: 60 };
var RESERVED = ["device", "idempotency_key", "wait"];
var PAST = "2000-01-01T00:00:00Z";
var ROUND = 200;
var expired = (op) => ownProblem(
  "request.expired",
  `It did not reach the bridge in time, and is not sent any more. ${kind(op) === "payment" ? "The terminal was not asked." : "Nothing was issued."}`,
  "Submit it again if it is still wanted."
);
var TOO_LARGE = ownProblem("request.too_large", "The operation is larger than the bridge takes.", "Send less.");
var Submitting = class {
  constructor(env, connection, operations) {
    this.env = env;
    this.connection = connection;
    this.operations = operations;
  }
  env;
  connection;
  operations;
  /** Keys and jobs that this page is busy with. */
  busy = /* @__PURE__ */ new Map();
  async submit(device, operation, options = {}) {
    const given = operation;
    if (typeof device !== "string" || typeof given?.op !== "string")
      throw new TypeError("submit(device, operation): an operation has an `op`.");
    for (const name of RESERVED) if (name in given) throw new TypeError(`An operation has no member ${name}.`);
    if (options.signal?.aborted) throw aborted({ key: options.key, fate: "not_issued" });
    const copy = JSON.parse(JSON.stringify(operation));
    const [sent, remembered] = this.remember(device, copy, options.key);
    return await this.settle(sent, { ...options, remembered });
  }
  /** What this till has not collected: first what the bridge knows, then what was perhaps never sent. */
  async resume(options = {}) {
    const { signal } = options;
    const jobs = [];
    let after;
    do {
      const page = await this.connection.ask(
        "jobs.list",
        { collected: false, limit: 200, ...after ? { after } : {} },
        signal
      );
      jobs.push(...page.jobs);
      after = page.next;
    } while (after);
    const mine = new Set([...this.busy.values()].map((sent) => sent.job));
    const found = new Map(jobs.filter((job) => !mine.has(job.id)).map((job) => [job.id, job]));
    const remembered = this.operations.all().filter((sent) => !this.busy.has(sent.key));
    const keys = new Map(remembered.map((sent) => [sent.job, sent.key]));
    const until = this.env.clock.now() + (options.wait ?? WAIT_SECONDS) * 1e3;
    const followed = [...found.values()].map(async (job) => {
      const key = keys.get(job.id);
      const change = (now) => options.onChange?.(outcomeOf(now, key));
      return outcomeOf(await this.follow(job, void 0, until, change, signal) ?? job, key);
    });
    const settled = remembered.filter((sent) => !sent.job || !found.has(sent.job)).map(async (sent) => {
      const outcome = await this.settle(sent, { ...options, remembered: true });
      const known = "job" in outcome && outcome.job.collected;
      if (known) this.operations.remove(sent.key);
      return known ? void 0 : outcome;
    });
    const seen = /* @__PURE__ */ new Map();
    for (const outcome of await Promise.all([...followed, ...settled])) {
      if (!outcome) continue;
      const id = "job" in outcome ? outcome.job.id : `key ${outcome.key}`;
      seen.set(id, outcome.key === void 0 ? seen.get(id) ?? outcome : outcome);
    }
    return [...seen.values()];
  }
  /** The outcome is written down by the till: the bridge need not tell it again, and nothing is remembered here. */
  async collect(outcome) {
    if ("job" in outcome) await this.ack(outcome.job.id);
    if (outcome.key !== void 0) this.operations.remove(outcome.key);
  }
  async ack(jobId) {
    const job = await this.connection.ask("jobs.ack", { job: jobId });
    for (const sent of this.operations.all()) if (sent.job === jobId) this.operations.remove(sent.key);
    return job;
  }
  // -- remembering ------------------------------------------------------------------------------------------------------
  /** The operation under its key, and whether it is the one that is remembered. */
  remember(device, operation, key) {
    const same = (sent2) => sent2 !== void 0 && sent2.device === device && canonical(sent2.operation) === canonical(operation);
    const known = key === void 0 ? this.sameOrder(same, operation) : this.busy.get(key) ?? this.operations.get(key);
    if (known && same(known)) return [known, true];
    const sent = { key: key ?? this.uuid(), device, operation, at: this.env.clock.now() };
    if (known) return [sent, false];
    this.operations.add(sent);
    return [sent, true];
  }
  /**
   * A click too many, or one after a reload: an order that is on its way already, whose outcome nobody was told. Without a reference
   * two equal operations are two sales, and parts of an order may be equal too.
   */
  sameOrder(same, operation) {
    if (!operation.reference || operation.part) return void 0;
    return [...this.busy.values(), ...this.operations.all()].find((sent) => !sent.told && same(sent));
  }
  uuid() {
    return this.env.crypto.randomUUID();
  }
  // -- sending ----------------------------------------------------------------------------------------------------------
  async settle(sent, options) {
    const until = this.env.clock.now() + (options.wait ?? WAIT_SECONDS) * 1e3;
    const forget = () => options.remembered && !sent.job && this.operations.remove(sent.key);
    if (options.remembered) this.busy.set(sent.key, sent);
    try {
      const answer = await this.send(sent, until, options);
      if ("outcome" in answer) {
        if (answer.outcome.status === "refused") forget();
        return answer.outcome;
      }
      sent.job = answer.job.id;
      if (options.remembered) this.operations.update(sent);
      const change = (job2) => options.onChange?.(outcomeOf(job2, sent.key));
      const job = await this.follow(answer.job, sent, until, change, options.signal);
      if (!job) return unknown(sent, `The bridge does not know job ${answer.job.id} any more.`);
      if (isFinal(job)) {
        sent.told = true;
        if (options.remembered) this.operations.update(sent);
      }
      return outcomeOf(job, sent.key);
    } catch (error) {
      if (!(error instanceof TillbridgeError) || error.kind !== "aborted") throw error;
      if (!sent.epoch) forget();
      throw aborted({ key: sent.key, fate: sent.epoch ? "unknown" : "not_issued", cause: error });
    } finally {
      if (this.busy.get(sent.key) === sent) this.busy.delete(sent.key);
    }
  }
  async send(sent, until, options) {
    const { clock } = this.env;
    let doubt = sent.epoch !== void 0;
    let known = false;
    for (let tries = 0; ; ) {
      let session;
      let late = false;
      try {
        session = await this.connected(sent, options.signal);
        late = clock.now() > sent.at + this.least(sent) && clock.now() > await this.deadline(sent, options.signal);
      } catch (error) {
        if (!(error instanceof TillbridgeError) || error.kind === "aborted") throw error;
        const problem2 = error.problem ?? ownProblem("gate.unauthorised", error.message, error.remedy ?? "");
        return { outcome: doubt ? unknown(sent, error.message, error.problem) : refusal(sent, problem2) };
      }
      const { epoch, limits } = session.welcome;
      if (!doubt && late) return { outcome: refusal(sent, expired(sent.operation.op)) };
      if (doubt && sent.epoch !== epoch)
        return {
          outcome: unknown(sent, "The bridge's journal was replaced since this was sent: it does not know what became of it.")
        };
      const asking = late && !known;
      const { device, key: idempotency_key, operation } = sent;
      const params = { ...operation, ...asking ? { deadline: PAST } : {}, device, idempotency_key };
      if (limits.message && new TextEncoder().encode(JSON.stringify(params)).length > limits.message - ROUND)
        return { outcome: refusal(sent, TOO_LARGE) };
      if (sent.epoch !== epoch) {
        sent.epoch = epoch;
        if (options.remembered) this.operations.update(sent);
      }
      let problem;
      try {
        return { job: await within(session.call("devices.submit", params), options.signal) };
      } catch (error) {
        if (!(error instanceof TillbridgeError) || error.kind === "aborted") throw error;
        if (!error.problem) {
          if (error.kind !== "lost") return { outcome: unknown(sent, error.message) };
          doubt = true;
          continue;
        }
        problem = error.problem;
      }
      if (asking && problem.code === "request.key_reused") {
        known = true;
        continue;
      }
      const pause = later(problem);
      if (problem.code === "server.error" || problem.code === "server.storage") doubt = true;
      if (pause !== void 0 && clock.now() + pause < until) {
        await this.connection.rest(Math.max(pause, this.connection.backoff(tries++)), options.signal);
        continue;
      }
      if (asking && pause === void 0 && !beforeKey(problem)) {
        return {
          outcome: sent.job ? unknown(sent, `The bridge does not know job ${sent.job} any more.`) : refusal(sent, expired(sent.operation.op))
        };
      }
      if (problem.code === "request.key_reused" && doubt && sent.device.startsWith("@"))
        return {
          outcome: unknown(sent, `Under this key there is ${problem.job ? `job ${problem.job}` : "another job"}.`, problem)
        };
      const certain = !doubt || pause === void 0 && !beforeKey(problem);
      return { outcome: certain ? refusal(sent, problem) : unknown(sent, problem.detail, problem) };
    }
  }
  /** The session; where nothing was sent yet, only until it is too late. */
  async connected(sent, signal) {
    if (sent.epoch !== void 0) return await this.connection.ready(signal);
    const either = new AbortController();
    const stop = () => either.abort();
    signal?.addEventListener("abort", stop, { once: true });
    const left = (explicit(sent) ?? sent.at + this.least(sent)) - this.env.clock.now();
    const waking = new AbortController();
    void this.env.clock.sleep(Math.max(left, 0), waking.signal).then(() => waking.signal.aborted || stop());
    try {
      return await this.connection.ready(either.signal);
    } catch (error) {
      if (either.signal.aborted && !signal?.aborted && error instanceof TillbridgeError && error.kind === "aborted") {
        const problem = expired(sent.operation.op);
        throw new TillbridgeError("refused", problem.detail, { problem });
      }
      throw error;
    } finally {
      waking.abort();
      signal?.removeEventListener("abort", stop);
    }
  }
  /** Milliseconds that an operation is worth sending at the least; a device's own deadline is mostly the same. */
  least(sent) {
    return DEADLINES[kind(sent.operation.op)] * 1e3;
  }
  /** Until when it may begin: its own deadline, or what the device is set to. */
  async deadline(sent, signal) {
    const own = explicit(sent);
    if (own !== void 0) return own;
    try {
      const { deadlines } = await this.connection.ask("devices.get", { device: sent.device }, signal);
      return sent.at + deadlines[kind(sent.operation.op)] * 1e3;
    } catch (error) {
      if (error instanceof TillbridgeError && error.kind !== "refused") throw error;
      return sent.at + this.least(sent);
    }
  }
  // -- following --------------------------------------------------------------------------------------------------------
  /**
   * The job when it is final, when only a person can settle it, or as it is at the end of the time, or of the connection. Undefined:
   * the bridge does not know it (any more). `sent`: what it was asked for with.
   */
  async follow(first, sent, until, change, signal) {
    const { connection, env } = this;
    let job = first;
    if (isFinal(job) || until <= env.clock.now()) return job;
    let told = "";
    const tell = () => {
      const text = JSON.stringify([job.state, job.attention, job.queue_position]);
      if (text !== told && !isFinal(job)) change(job);
      told = text;
    };
    tell();
    let news = true;
    let ended = false;
    let wake = () => {
    };
    const off = connection.onSeen((seen) => {
      if (seen !== null && (typeof seen === "string" ? seen : seen.id) !== job.id) return;
      news = true;
      wake();
    });
    const over = new AbortController();
    const stop = () => over.abort();
    signal?.addEventListener("abort", stop, { once: true });
    void env.clock.sleep(until - env.clock.now(), over.signal).then(() => {
      ended = true;
      stop();
      wake();
    });
    try {
      for (; ; ) {
        if (signal?.aborted) throw aborted();
        if (news) {
          news = false;
          const now = await this.look(job.id, sent, over.signal);
          if (!now) return void 0;
          job = now;
          tell();
        }
        if (isFinal(job) || needsPerson(job) || ended) return job;
        if (news) continue;
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
    } catch (error) {
      if (!(error instanceof TillbridgeError)) throw error;
      if (signal?.aborted || error.kind === "aborted" && !ended) throw error;
      return job;
    } finally {
      off();
      stop();
      signal?.removeEventListener("abort", stop);
    }
  }
  /** The job as it stands; undefined where the bridge does not know it (any more). */
  async look(id, sent, signal) {
    try {
      return await this.connection.ask("jobs.get", { job: id }, signal);
    } catch (error) {
      if (!(error instanceof TillbridgeError) || error.problem?.code !== "request.not_found") throw error;
    }
    const { welcome } = await this.connection.ready(signal);
    if (!sent || sent.epoch !== welcome.epoch) return void 0;
    const { device, key: idempotency_key, operation } = sent;
    const asked = { ...operation, device, idempotency_key };
    try {
      await this.connection.ask("devices.submit", { ...asked, deadline: PAST }, signal);
      return void 0;
    } catch (error) {
      if (!(error instanceof TillbridgeError) || !error.problem) throw error;
      if (error.problem.code !== "request.key_reused") return void 0;
    }
    return await this.connection.ask("devices.submit", { ...asked, wait: 20 }, signal);
  }
};
function kind(op) {
  if (/^(payment|terminal)\./.test(op)) return "payment";
  if (/^(report|shift)\./.test(op)) return "report";
  return /^(receipt|invoice|cash\.in|cash\.out)$/.test(op) ? "document" : "effect";
}
function explicit(sent) {
  const own = Date.parse(sent.operation.deadline ?? "");
  return Number.isNaN(own) ? void 0 : own;
}
var beforeKey = (problem) => problem.code.startsWith("gate.") || problem.code === "request.not_found";
var refusal = (sent, problem) => ({ status: "refused", problem, fate: "not_issued", key: sent.key });
var unknown = (sent, reason, problem) => ({
  status: "unknown",
  key: sent.key,
  device: sent.device,
  operation: sent.operation,
  reason,
  fate: "unknown",
  ...problem ? { problem } : {}
});

// src/connect.ts
var HERE = ["http://127.0.0.1:47811", "http://localhost:47811"];
async function connect(options) {
  const env = environment(options.environment);
  const contact = new Contact(env, options.gesture ?? "required");
  const places = new Places(options.storage === void 0 ? env.storage() : options.storage);
  const pairings = new Pairings(places);
  const given = options.url === void 0 ? HERE : [options.url].flat();
  const { base, ping } = await contact.find(
    given.map((url) => url.replace(/\/+$/, "")),
    options.signal
  );
  const instance = ping.instance_id;
  const address = addressOf(base);
  const open = async (token, byHand) => {
    const language = options.language ?? env.language;
    const connection2 = new Connection(env, contact, pairings, base, instance, token, byHand, language);
    await connection2.start(options.signal);
    return connection2;
  };
  const paired = async () => {
    if (!options.pair) throw notPaired("This page is not paired with the bridge.");
    const token = await pair(env, contact, pairings, base, address, { ...options, pair: options.pair });
    pairings.keep(instance, address, token);
    return await open(token, false);
  };
  const again = options.pair ? options.pair.again : false;
  const connected = async () => {
    if (options.token) return await open(options.token, true);
    const remembered = pairings.token(instance);
    if (remembered) {
      try {
        return await open(remembered, false);
      } catch (error) {
        const kind2 = error instanceof TillbridgeError ? error.kind : void 0;
        const proved = kind2 === "not_paired" && pairings.token(instance) === void 0;
        if (!options.pair || !(proved || again && (kind2 === "not_paired" || kind2 === "impostor"))) throw error;
      }
    } else if (!again && pairings.elsewhere(instance, address)) {
      throw notPaired("Another bridge answers than the one that this page was paired with at this address.");
    }
    return await paired();
  };
  const connection = await connected();
  try {
    const session = await connection.ask("session.get", {}, options.signal);
    return new Bridge(connection, new Submitting(env, connection, new Operations(places, instance)), session, instance);
  } catch (error) {
    connection.close();
    throw error;
  }
}
function addressOf(base) {
  const { hostname, port, protocol } = new URL(base);
  return `${protocol}//${isLoopback(hostname) ? "loopback" : hostname}:${port}`;
}
export {
  TillbridgeError,
  connect
};
