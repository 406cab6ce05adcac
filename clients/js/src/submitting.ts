/**
 * Exactly once, whatever breaks: an operation is remembered before it is sent, sent again under the same key until what became of it
 * is known, and followed to its end.
 *
 * What is certain and what is not: a refusal of the very first try means that nothing was stored. Where an earlier try may have
 * arrived (its answer was lost, or the page was loaded anew), only those refusals count that the bridge gives after it has looked the
 * key up. And what could not be sent in time is not sent late: a card must not be asked for after the customer has left.
 */

import { type Connection, later, within } from "./connection.js";
import { aborted, ownProblem, TillbridgeError } from "./errors.js";
import { canonical, type Operations, type Sent } from "./memory.js";
import { isFinal, needsPerson, outcomeOf } from "./outcomes.js";
import type { Session } from "./session.js";
import type { Device, Environment, Job, Jobs, Operation, Outcome, Problem, ResumeOptions, SubmitOptions } from "./types.js";

const WAIT_SECONDS = 30;
/** As the bridge has them where a device's own cannot be asked for. */
const DEADLINES = { document: 120, payment: 30, report: 600, effect: 60 };
/** Members that go beside an operation's own. */
const RESERVED = ["device", "idempotency_key", "wait"];
/** Long past: an operation with this deadline is refused, unless the key is known. */
const PAST = "2000-01-01T00:00:00Z";
/** Bytes of a message round its params. */
const ROUND = 200;

const expired = (op: string) =>
  ownProblem(
    "request.expired",
    `It did not reach the bridge in time, and is not sent any more. ${kind(op) === "payment" ? "The terminal was not asked." : "Nothing was issued."}`,
    "Submit it again if it is still wanted.",
  );

const TOO_LARGE = ownProblem("request.too_large", "The operation is larger than the bridge takes.", "Send less.");

/** What became of sending: a job, or an outcome without one. */
type Answer = { job: Job } | { outcome: Outcome };

export class Submitting {
  /** Keys and jobs that this page is busy with. */
  private readonly busy = new Map<string, Sent>();

  constructor(
    private readonly env: Environment,
    private readonly connection: Connection,
    private readonly operations: Operations,
  ) {}

  async submit(device: string, operation: Operation, options: SubmitOptions = {}): Promise<Outcome> {
    const given = operation as Record<string, unknown> | null;
    if (typeof device !== "string" || typeof given?.op !== "string")
      throw new TypeError("submit(device, operation): an operation has an `op`.");
    for (const name of RESERVED) if (name in given) throw new TypeError(`An operation has no member ${name}.`);
    if (options.signal?.aborted) throw aborted({ key: options.key, fate: "not_issued" });
    // As it is now: what the page does with its object later must not make another request of a repetition.
    const copy = JSON.parse(JSON.stringify(operation)) as Operation;
    const [sent, remembered] = this.remember(device, copy, options.key);
    return await this.settle(sent, { ...options, remembered });
  }

  /** What this till has not collected: first what the bridge knows, then what was perhaps never sent. */
  async resume(options: ResumeOptions = {}): Promise<Outcome[]> {
    const { signal } = options;
    const jobs: Job[] = [];
    let after: string | null | undefined;
    do {
      const page: Jobs = await this.connection.ask(
        "jobs.list",
        { collected: false, limit: 200, ...(after ? { after } : {}) },
        signal,
      );
      jobs.push(...page.jobs);
      after = page.next;
    } while (after);
    const mine = new Set([...this.busy.values()].map((sent) => sent.job));
    const found = new Map(jobs.filter((job) => !mine.has(job.id)).map((job) => [job.id, job]));
    const remembered = this.operations.all().filter((sent) => !this.busy.has(sent.key));
    const keys = new Map(remembered.map((sent) => [sent.job, sent.key]));
    const until = this.env.clock.now() + (options.wait ?? WAIT_SECONDS) * 1000;
    const followed = [...found.values()].map(async (job) => {
      const key = keys.get(job.id);
      const change = (now: Job) => options.onChange?.(outcomeOf(now, key));
      return outcomeOf((await this.follow(job, undefined, until, change, signal)) ?? job, key);
    });
    const settled = remembered
      .filter((sent) => !sent.job || !found.has(sent.job))
      .map(async (sent) => {
        const outcome = await this.settle(sent, { ...options, remembered: true });
        // Collected already, by another tab or just before the page was closed: no news.
        const known = "job" in outcome && outcome.job.collected;
        if (known) this.operations.remove(sent.key);
        return known ? undefined : outcome;
      });
    const seen = new Map<string, Outcome>();
    for (const outcome of await Promise.all([...followed, ...settled])) {
      if (!outcome) continue;
      // A job in the list whose answer was lost comes a second time by its key, which is worth knowing.
      const id = "job" in outcome ? outcome.job.id : `key ${outcome.key}`;
      seen.set(id, outcome.key === undefined ? (seen.get(id) ?? outcome) : outcome);
    }
    return [...seen.values()];
  }

  /** The outcome is written down by the till: the bridge need not tell it again, and nothing is remembered here. */
  async collect(outcome: Outcome): Promise<void> {
    if ("job" in outcome) await this.ack(outcome.job.id);
    if (outcome.key !== undefined) this.operations.remove(outcome.key);
  }

  async ack(jobId: string): Promise<Job> {
    const job = await this.connection.ask<Job>("jobs.ack", { job: jobId });
    for (const sent of this.operations.all()) if (sent.job === jobId) this.operations.remove(sent.key);
    return job;
  }

  // -- remembering ------------------------------------------------------------------------------------------------------

  /** The operation under its key, and whether it is the one that is remembered. */
  private remember(device: string, operation: Operation, key: string | undefined): [Sent, boolean] {
    const same = (sent: Sent | undefined) =>
      sent !== undefined && sent.device === device && canonical(sent.operation) === canonical(operation);
    const known = key === undefined ? this.sameOrder(same, operation) : (this.busy.get(key) ?? this.operations.get(key));
    if (known && same(known)) return [known, true];
    const sent: Sent = { key: key ?? this.uuid(), device, operation, at: this.env.clock.now() };
    // The first owner of the key stays remembered; the bridge will refuse this one, or that one.
    if (known) return [sent, false];
    this.operations.add(sent);
    return [sent, true];
  }

  /**
   * A click too many, or one after a reload: an order that is on its way already, whose outcome nobody was told. Without a reference
   * two equal operations are two sales, and parts of an order may be equal too.
   */
  private sameOrder(same: (sent: Sent) => boolean, operation: Operation): Sent | undefined {
    if (!operation.reference || operation.part) return undefined;
    return [...this.busy.values(), ...this.operations.all()].find((sent) => !sent.told && same(sent));
  }

  private uuid(): string {
    return (this.env.crypto as Crypto).randomUUID();
  }

  // -- sending ----------------------------------------------------------------------------------------------------------

  private async settle(sent: Sent, options: SubmitOptions & { remembered: boolean }): Promise<Outcome> {
    const until = this.env.clock.now() + (options.wait ?? WAIT_SECONDS) * 1000;
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
      const change = (job: Job) => options.onChange?.(outcomeOf(job, sent.key));
      const job = await this.follow(answer.job, sent, until, change, options.signal);
      if (!job) return unknown(sent, `The bridge does not know job ${answer.job.id} any more.`);
      if (isFinal(job)) {
        sent.told = true;
        if (options.remembered) this.operations.update(sent);
      }
      return outcomeOf(job, sent.key);
    } catch (error) {
      if (!(error instanceof TillbridgeError) || error.kind !== "aborted") throw error;
      // Nobody waits for it any more. What was never sent must not be sent behind the page's back.
      if (!sent.epoch) forget();
      throw aborted({ key: sent.key, fate: sent.epoch ? "unknown" : "not_issued", cause: error });
    } finally {
      if (this.busy.get(sent.key) === sent) this.busy.delete(sent.key);
    }
  }

  private async send(sent: Sent, until: number, options: SubmitOptions & { remembered: boolean }): Promise<Answer> {
    const { clock } = this.env;
    /** Whether an earlier try may have arrived. */
    let doubt = sent.epoch !== undefined;
    /** Whether the bridge has just said that it knows the key, so that sending can issue nothing new. */
    let known = false;
    for (let tries = 0; ; ) {
      let session: Session;
      let late = false;
      try {
        session = await this.connected(sent, options.signal);
        late = clock.now() > sent.at + this.least(sent) && clock.now() > (await this.deadline(sent, options.signal));
      } catch (error) {
        if (!(error instanceof TillbridgeError) || error.kind === "aborted") throw error;
        const problem = error.problem ?? ownProblem("gate.unauthorised", error.message, error.remedy ?? "");
        return { outcome: doubt ? unknown(sent, error.message, error.problem) : refusal(sent, problem) };
      }
      const { epoch, limits } = session.welcome;
      if (!doubt && late) return { outcome: refusal(sent, expired(sent.operation.op)) };
      if (doubt && sent.epoch !== epoch)
        return {
          outcome: unknown(sent, "The bridge's journal was replaced since this was sent: it does not know what became of it."),
        };
      const asking = late && !known;
      const { device, key: idempotency_key, operation } = sent;
      const params = { ...operation, ...(asking ? { deadline: PAST } : {}), device, idempotency_key };
      if (limits.message && new TextEncoder().encode(JSON.stringify(params)).length > limits.message - ROUND)
        return { outcome: refusal(sent, TOO_LARGE) }; // the bridge would close the connection, each time anew
      if (sent.epoch !== epoch) {
        sent.epoch = epoch;
        if (options.remembered) this.operations.update(sent);
      }
      let problem: Problem;
      try {
        return { job: await within(session.call<Job>("devices.submit", params), options.signal) };
      } catch (error) {
        if (!(error instanceof TillbridgeError) || error.kind === "aborted") throw error;
        if (!error.problem) {
          if (error.kind !== "lost") return { outcome: unknown(sent, error.message) };
          doubt = true;
          continue; // with the next connection
        }
        problem = error.problem;
      }

      if (asking && problem.code === "request.key_reused") {
        known = true;
        continue;
      }
      const pause = later(problem);
      if (problem.code === "server.error" || problem.code === "server.storage") doubt = true; // before it was stored, or behind
      if (pause !== undefined && clock.now() + pause < until) {
        await this.connection.rest(Math.max(pause, this.connection.backoff(tries++)), options.signal);
        continue;
      }
      if (asking && pause === undefined && !beforeKey(problem)) {
        // A job that was there and is not: the bridge's data was put back from a copy.
        return {
          outcome: sent.job
            ? unknown(sent, `The bridge does not know job ${sent.job} any more.`)
            : refusal(sent, expired(sent.operation.op)),
        };
      }
      if (problem.code === "request.key_reused" && doubt && sent.device.startsWith("@"))
        // The alias may stand for another device by now, and the job be the one of our own first try.
        return {
          outcome: unknown(sent, `Under this key there is ${problem.job ? `job ${problem.job}` : "another job"}.`, problem),
        };
      const certain = !doubt || (pause === undefined && !beforeKey(problem));
      return { outcome: certain ? refusal(sent, problem) : unknown(sent, problem.detail, problem) };
    }
  }

  /** The session; where nothing was sent yet, only until it is too late. */
  private async connected(sent: Sent, signal: AbortSignal | undefined): Promise<Session> {
    if (sent.epoch !== undefined) return await this.connection.ready(signal);
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
  private least(sent: Sent): number {
    return DEADLINES[kind(sent.operation.op)] * 1000;
  }

  /** Until when it may begin: its own deadline, or what the device is set to. */
  private async deadline(sent: Sent, signal: AbortSignal | undefined): Promise<number> {
    const own = explicit(sent);
    if (own !== undefined) return own;
    try {
      const { deadlines } = await this.connection.ask<Device>("devices.get", { device: sent.device }, signal);
      return sent.at + deadlines[kind(sent.operation.op)] * 1000;
    } catch (error) {
      if (error instanceof TillbridgeError && error.kind !== "refused") throw error;
      return sent.at + this.least(sent); // the token may not see devices, or it is not there any more
    }
  }

  // -- following --------------------------------------------------------------------------------------------------------

  /**
   * The job when it is final, when only a person can settle it, or as it is at the end of the time, or of the connection. Undefined:
   * the bridge does not know it (any more). `sent`: what it was asked for with.
   */
  private async follow(
    first: Job,
    sent: Sent | undefined,
    until: number,
    change: (job: Job) => void,
    signal: AbortSignal | undefined,
  ): Promise<Job | undefined> {
    const { connection, env } = this;
    let job = first;
    if (isFinal(job) || until <= env.clock.now()) return job;
    let told = "";
    const tell = () => {
      const text = JSON.stringify([job.state, job.attention, job.queue_position]);
      if (text !== told && !isFinal(job)) change(job);
      told = text;
    };
    tell(); // that it was taken, however soon it ends
    let news = true; // an event may have come before this listens
    let ended = false;
    let wake: () => void = () => {};
    const off = connection.onSeen((seen) => {
      if (seen !== null && (typeof seen === "string" ? seen : seen.id) !== job.id) return;
      news = true;
      wake();
    });
    const over = new AbortController(); // of the time, or of the caller's patience
    const stop = () => over.abort();
    signal?.addEventListener("abort", stop, { once: true });
    void env.clock.sleep(until - env.clock.now(), over.signal).then(() => {
      ended = true;
      stop();
      wake();
    });
    try {
      for (;;) {
        if (signal?.aborted) throw aborted();
        if (news) {
          news = false;
          const now = await this.look(job.id, sent, over.signal);
          if (!now) return undefined;
          job = now;
          tell();
        }
        if (isFinal(job) || needsPerson(job) || ended) return job;
        if (news) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } catch (error) {
      if (!(error instanceof TillbridgeError)) throw error;
      if (signal?.aborted || (error.kind === "aborted" && !ended)) throw error;
      return job; // the time is over while the bridge is away, or the connection has ended for good
    } finally {
      off();
      stop();
      signal?.removeEventListener("abort", stop);
    }
  }

  /** The job as it stands; undefined where the bridge does not know it (any more). */
  private async look(id: string, sent: Sent | undefined, signal: AbortSignal): Promise<Job | undefined> {
    try {
      return await this.connection.ask<Job>("jobs.get", { job: id }, signal);
    } catch (error) {
      if (!(error instanceof TillbridgeError) || error.problem?.code !== "request.not_found") throw error;
    }
    // This page was paired anew as another till: the job is the other's. The same key still tells what became of it; of a journal
    // that does not know the key it must not be asked so.
    const { welcome } = await this.connection.ready(signal);
    if (!sent || sent.epoch !== welcome.epoch) return undefined;
    const { device, key: idempotency_key, operation } = sent;
    const asked = { ...operation, device, idempotency_key };
    try {
      await this.connection.ask("devices.submit", { ...asked, deadline: PAST }, signal);
      return undefined; // cannot be: it was refused or is known
    } catch (error) {
      if (!(error instanceof TillbridgeError) || !error.problem) throw error;
      if (error.problem.code !== "request.key_reused") return undefined;
    }
    // No event tells of it, so the answer waits.
    return await this.connection.ask<Job>("devices.submit", { ...asked, wait: 20 }, signal);
  }
}

function kind(op: string): keyof typeof DEADLINES {
  if (/^(payment|terminal)\./.test(op)) return "payment";
  if (/^(report|shift)\./.test(op)) return "report";
  return /^(receipt|invoice|cash\.in|cash\.out)$/.test(op) ? "document" : "effect";
}

function explicit(sent: Sent): number | undefined {
  const own = Date.parse(sent.operation.deadline ?? "");
  return Number.isNaN(own) ? undefined : own;
}

/** Refusals that the bridge gives before it looks the key up: they say nothing of an earlier try. */
const beforeKey = (problem: Problem): boolean => problem.code.startsWith("gate.") || problem.code === "request.not_found";

const refusal = (sent: Sent, problem: Problem): Outcome => ({ status: "refused", problem, fate: "not_issued", key: sent.key });

const unknown = (sent: Sent, reason: string, problem?: Problem): Outcome => ({
  status: "unknown",
  key: sent.key,
  device: sent.device,
  operation: sent.operation,
  reason,
  fate: "unknown",
  ...(problem ? { problem } : {}),
});
