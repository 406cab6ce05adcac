/**
 * The connection that is always there: opened anew when it breaks, with growing pauses; calls that are put again until they are
 * answered; and every event once, in order, also of what happened while it was away.
 */

import { blocked, type Contact } from "./contact.js";
import { aborted, lost, notPaired, notRunning, TillbridgeError } from "./errors.js";
import type { Pairings } from "./memory.js";
import { type Closed, Session } from "./session.js";
import type {
  ConnectionEvent,
  DeviceEvent,
  Environment,
  EventHandlers,
  Job,
  JobEvent,
  Jobs,
  Problem,
  PromptEvent,
} from "./types.js";

const SHORTEST_MS = 200;
const LONGEST_MS = 15_000;
/** How often to look whether the other side is still there; it answers in milliseconds. */
const LOOK_MS = 30_000;
/** The bridge's code for "these cannot be told any more". */
const GONE = "events.gone";

type Handler = (event: never) => void;

export class Connection {
  /** The bridge's id, of its data directory. */
  readonly instance: string;
  private session: Session | undefined;
  /** Why it ended for good. */
  private ended: TillbridgeError | undefined;
  private position: { after: number; epoch: string } | undefined;
  /** How often events were lost since every job that is not collected was last told anew. */
  private missed = 0;
  private readonly handlers = new Map<keyof EventHandlers | "seen", Set<Handler>>();
  private readonly ending = new AbortController();
  private waiters: { resolve(session: Session): void; reject(error: TillbridgeError): void }[] = [];

  constructor(
    private readonly env: Environment,
    private readonly contact: Contact,
    private readonly pairings: Pairings,
    private readonly base: string,
    instance: string,
    private token: string,
    private readonly given: boolean,
    private readonly language: string | undefined,
  ) {
    this.instance = instance;
  }

  /** The first time. Throws TillbridgeError; afterwards it keeps itself up. */
  async start(signal?: AbortSignal): Promise<void> {
    const session = await this.open(signal);
    void this.keep(session);
  }

  /** The session, as soon as there is one. Rejects where there will be none any more, or the caller gives up. */
  async ready(signal?: AbortSignal): Promise<Session> {
    if (signal?.aborted) throw aborted();
    if (this.ended) throw this.ended;
    if (this.session) return this.session;
    return await within(new Promise<Session>((resolve, reject) => this.waiters.push({ resolve, reject })), signal);
  }

  /**
   * A call that may be put twice without harm: again where its answer was lost, and where the bridge says "later". Rejects with
   * `refused` and the problem.
   */
  async ask<T>(method: string, params: object = {}, signal?: AbortSignal): Promise<T> {
    for (let tries = 0; ; ) {
      const session = await this.ready(signal);
      try {
        return await within(session.call<T>(method, params), signal);
      } catch (error) {
        if (!(error instanceof TillbridgeError) || signal?.aborted) throw error;
        if (error.kind === "lost") continue;
        const pause = later(error.problem);
        if (pause === undefined || tries >= 8) throw error;
        await this.rest(Math.max(pause, this.backoff(tries++)), signal);
      }
    }
  }

  /** A pause. Throws where the caller gives up meanwhile; ends at once with the connection. */
  async rest(milliseconds: number, signal?: AbortSignal): Promise<void> {
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
  backoff(tries: number): number {
    return Math.min(LONGEST_MS, SHORTEST_MS * 2 ** tries) * (0.5 + this.env.clock.random() / 2);
  }

  on<Kind extends keyof EventHandlers>(kind: Kind, handler: (event: EventHandlers[Kind]) => void): () => void {
    return this.listen(kind, handler as Handler);
  }

  /** Of everything that may say something new about a job: its event, or that events were missed (null). */
  onSeen(handler: (job: Job | string | null) => void): () => void {
    return this.listen("seen", handler as Handler);
  }

  close(): void {
    this.end(aborted());
  }

  // -- life -------------------------------------------------------------------------------------------------------------

  private async open(signal?: AbortSignal): Promise<Session> {
    const { env, base, token, language } = this;
    const openMs = await this.contact.patience(base);
    let session: Session;
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
    this.tell("connection", { state: "connected" } satisfies ConnectionEvent);
    return session;
  }

  private async keep(first: Session): Promise<void> {
    let session = first;
    for (;;) {
      void this.look(session);
      const closed = await session.closed;
      this.session = undefined;
      if (this.ended) return;
      let error = await this.meaning(closed);
      if (this.ended) return;
      for (let tries = 0; ; tries += 1) {
        const retryIn = Math.max(this.backoff(tries), later(error.problem) ?? 0);
        this.tell("connection", { state: "waiting", error, retryIn } satisfies ConnectionEvent);
        await this.rest(retryIn);
        if (this.ended) return;
        try {
          // Asked first, and not by a socket: Firefox holds sockets back for up to a minute where the last ones did not open.
          await this.answers(this.ending.signal);
          session = await this.open(this.ending.signal);
          break;
        } catch (failure) {
          if (this.ended) return;
          error = failure instanceof TillbridgeError ? failure : lost(String(failure), failure);
          // Only what a bridge says that has proved itself ends it for good: anybody may take a port.
          if (error.problem && (error.kind === "not_paired" || error.kind === "wrong_session")) return this.end(error);
        }
      }
    }
  }

  /** What a close means for what comes next. */
  private async meaning(closed: Closed): Promise<TillbridgeError> {
    if (closed.code !== 4401 && closed.code !== 4403) return lost("The connection broke.");
    const newer = this.given ? undefined : this.pairings.token(this.instance);
    if (newer && newer !== this.token) {
      this.token = newer; // another tab was paired anew, or got a new secret
      return lost("The token was replaced.");
    }
    this.forget();
    const error = notPaired(
      `The bridge ended the pairing of this page: ${closed.reason || "the token is worth nothing any more"}.`,
    );
    this.end(error);
    return error;
  }

  private forget(): void {
    if (!this.given) this.pairings.forget(this.instance, this.token);
  }

  /** Why a socket does not open: browsers do not tell, but what else can be asked does. */
  private async diagnosis(error: TillbridgeError, signal?: AbortSignal): Promise<TillbridgeError> {
    const { contact, base } = this;
    // A page that nobody paired may ping and cannot read any other answer; a paired one reads this one, whatever it says. A bridge
    // that is just restarted may answer the one and not the other, so what is said must be so twice.
    const body = JSON.stringify({ token_id: "0".repeat(12), nonce: "A".repeat(43) });
    const init = { method: "POST", headers: { "Content-Type": "application/json" }, body };
    for (let times = 0; times < 2; times += 1) {
      try {
        await this.answers(signal);
        await contact.fetch(base, "/session/proof", init, signal);
        return error; // too many sockets, or it was just starting or stopping
      } catch (failure) {
        if (failure instanceof TillbridgeError) return failure;
        if (signal?.aborted) return aborted();
      }
      await this.rest(this.backoff(times), signal);
    }
    return notPaired("The bridge answers, and does not take this page: nothing pairs it any more.");
  }

  /** Whether a bridge is there, as far as can be told without a token. Throws TillbridgeError. */
  private async answers(signal?: AbortSignal): Promise<void> {
    const { contact, base } = this;
    if (signal?.aborted) throw aborted();
    if (contact.guarded(base) && (await contact.blocked())) throw blocked(this.env);
    try {
      await contact.ping(base, signal);
    } catch (failure) {
      if (failure instanceof TillbridgeError) throw failure;
      throw signal?.aborted ? aborted() : notRunning("Tillbridge does not answer on this computer.", failure);
    }
  }

  /** A connection may be dead without a word, as when a tablet has slept. */
  private async look(session: Session): Promise<void> {
    const { clock } = this.env;
    let open = true;
    void session.closed.then(() => {
      open = false;
    });
    for (;;) {
      await this.rest(LOOK_MS);
      if (!open || this.ended) return;
      if (clock.now() - session.heard < LOOK_MS) continue;
      const before = session.heard;
      session.call("session.ping").catch(() => {});
      await this.rest(LOOK_MS / 2);
      if (open && session.heard === before) return session.close();
    }
  }

  private end(error: TillbridgeError): void {
    if (this.ended) return;
    this.ended = error;
    this.ending.abort();
    this.session?.close();
    this.session = undefined;
    for (const { reject } of this.waiters.splice(0)) reject(error);
    this.tell("seen", null);
    this.tell("connection", { state: "closed", error } satisfies ConnectionEvent);
  }

  // -- events -----------------------------------------------------------------------------------------------------------

  private async subscribe(session: Session): Promise<void> {
    const subscribed = (params: object) => session.call<{ epoch: string; after: number }>("events.subscribe", params);
    try {
      const answer = await subscribed(this.position ?? {});
      // Events may have come right behind the answer, in the same step.
      this.position ??= { epoch: answer.epoch, after: answer.after };
      if (this.missed) await this.retell(session); // the connection before broke in the middle of it
    } catch (error) {
      const problem = error instanceof TillbridgeError ? error.problem : undefined;
      if (problem?.code !== GONE) throw error;
      await this.restart(session, problem.epoch as string, problem.last as number);
    }
  }

  /** Events were lost: hear what comes from now on first, then see how everything stands, so that nothing falls in between. */
  private async restart(session: Session, epoch: string, last: number): Promise<void> {
    this.position = { epoch, after: last };
    this.missed += 1;
    await session.call("events.subscribe", this.position);
    this.tell("seen", null);
    await this.retell(session);
  }

  private async retell(session: Session): Promise<void> {
    const { missed } = this;
    const newer = new Set<unknown>();
    const off = this.onSeen((job) => newer.add(typeof job === "string" ? job : job?.id));
    try {
      let after: string | null | undefined;
      do {
        const page: Jobs = await session.call("jobs.list", { collected: false, limit: 200, ...(after ? { after } : {}) });
        for (const job of page.jobs) {
          if (newer.has(job.id)) continue; // an event overtook the list
          const at = new Date(this.env.clock.now()).toISOString();
          const told = { seq: null, at, device: job.device, job_id: job.id };
          this.tell("job", { ...told, kind: "resync", job } satisfies JobEvent);
          if (job.attention) this.tell("prompt", { ...told, attention: job.attention } satisfies PromptEvent);
        }
        after = page.next;
      } while (after);
    } catch (error) {
      // To a token that may not list jobs there is nothing to tell, now or later.
      const refused = error instanceof TillbridgeError && error.problem;
      if (!refused || later(refused) !== undefined) throw error;
    } finally {
      off();
    }
    if (missed === this.missed) this.missed = 0;
  }

  private told(session: Session, method: string, params: never): void {
    if (method === "device.updated") {
      this.tell("device", params as DeviceEvent);
      return;
    }
    if (method === "events.reset") {
      const { epoch, last } = params as { epoch: string; last: number };
      // Where this breaks, it is gone on with in the next connection, in which who waits for a job asks again as well.
      this.restart(session, epoch, last).catch(() => session.close());
      return;
    }
    if (!method.startsWith("job.")) return; // of a later version
    const event = params as { seq: number; job_id: string; job?: Job };
    this.position ??= { epoch: session.welcome.epoch, after: event.seq - 1 };
    if (event.seq <= this.position.after) return;
    this.position.after = event.seq;
    const { job } = event;
    if (method === "job.prompt") this.tell("prompt", params as PromptEvent);
    else if (job) this.tell("job", { ...(params as object), kind: method.slice(4) } as JobEvent);
    this.tell("seen", job ?? event.job_id);
  }

  private listen(kind: keyof EventHandlers | "seen", handler: Handler): () => void {
    const own: Handler = (event) => handler(event); // the same function may be given twice
    const handlers = this.handlers.get(kind) ?? new Set();
    this.handlers.set(kind, handlers.add(own));
    return () => handlers.delete(own);
  }

  private tell(kind: keyof EventHandlers | "seen", event: unknown): void {
    for (const handler of [...(this.handlers.get(kind) ?? [])]) {
      try {
        handler(event as never);
      } catch (error) {
        // A mistake of the page must not cost others the event; the browser reports it as any other.
        setTimeout(() => {
          throw error;
        });
      }
    }
  }
}

/** After how many milliseconds to ask again; undefined: that would change nothing. */
export function later(problem: Problem | undefined): number | undefined {
  const again = ["gate.rate", "server.stopping", "server.storage", "server.error"];
  return problem && again.includes(problem.code) ? (problem.retry_after ?? 1) * 1000 : undefined;
}

/** The promise, unless the caller gives up first. */
export async function within<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await promise;
  let stop: () => void = () => {};
  const given = new Promise<never>((_, reject) => {
    stop = () => reject(aborted());
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, given]);
  } finally {
    signal.removeEventListener("abort", stop);
    promise.catch(() => {}); // nobody waits for it any more
  }
}
