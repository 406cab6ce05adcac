/** What a page sees of this package: options, outcomes, events. The data of the API itself is in api.ts. */

import type { components } from "./api.js";
import type { TillbridgeError } from "./errors.js";

type Schemas = components["schemas"];

export type Operation = Schemas["Operation"];
export type Job = Schemas["Job"];
export type JobError = Schemas["JobError"];
export type Attention = Schemas["Attention"];
export type Choice = Schemas["Choice"];
export type Problem = Schemas["Problem"];
export type Document = Schemas["Document"];
export type PaymentResult = Schemas["PaymentResult"];
export type Device = Schemas["Device"];
export type StatusReport = Schemas["StatusReport"];
export type DeviceStatus = Schemas["DeviceStatus"];
export type Preview = Schemas["Preview"];
export type Scope = Schemas["Right"];
export type SessionReport = Schemas["SessionReport"];
export type Jobs = Schemas["Jobs"];
export type Payments = Schemas["Payments"];
export type ReceiptCopy = Schemas["ReceiptCopy"];
export type AbortAnswer = Schemas["AbortAnswer"]["abort"];

/** What is known of a submitted operation. `key`: under which it was sent, where this till sent it. */
export type Outcome =
  /** It is out: issued, approved, or (drawer, printout ...) confirmed by the device. */
  | { status: "done"; job: Job; document: Document | null; payment: PaymentResult | null; key?: string }
  /** The terminal decided, and not in favour: declined, cancelled, or approved in part only. */
  | { status: "declined"; job: Job; payment: PaymentResult | null; key?: string }
  /** An effect (drawer, printout ...) was sent, and the device has not confirmed it. */
  | { status: "unconfirmed"; job: Job; key?: string }
  /** Surely nothing was issued. */
  | { status: "failed"; job: Job; error: JobError; fate: "not_issued"; key?: string }
  /** Not known yet whether it came out: the device is being asked, or (`attention.code` is `resolve`) a person must say. */
  | { status: "unresolved"; job: Job; attention: Attention | null; key?: string }
  /** Accepted and not finished: it waits in the queue, runs, or waits for a person. */
  | { status: "waiting"; job: Job; attention: Attention | null; prompt?: Prompt; key?: string }
  /** The bridge did not take it. Nothing was stored, nothing is issued. */
  | { status: "refused"; problem: Problem; fate: "not_issued"; key?: string }
  /**
   * It may have been taken, and this page cannot find out: the pairing ended meanwhile, the journal was replaced, or the token may
   * not ask any more. Look at the device; `resume()` asks again once the page is let in.
   */
  | { status: "unknown"; key: string; device: string; operation: Operation; reason: string; problem?: Problem; fate: "unknown" };

/** A question that the person at the till answers: `answer(job.id, prompt.prompt_id, choice.code)`. */
export type Prompt = Attention & { prompt_id: string };

export interface SubmitOptions {
  /** Your own key for this document, kept with the sale. Left out: one is made, and remembered until the outcome is collected. */
  key?: string;
  /** Seconds to wait for the outcome before it is told as it stands (`waiting`, `unresolved`). 30 where it is left out. */
  wait?: number;
  /** Told first of all that it was taken, then of everything that changes: why it waits, a question, that it is being recovered. */
  onChange?(outcome: Outcome): void;
  /** Ends the waiting, not the job: for that there is `abort`. */
  signal?: AbortSignal;
}

export interface ResumeOptions {
  /** As for `submit`, for all of them together. */
  wait?: number;
  onChange?(outcome: Outcome): void;
  signal?: AbortSignal;
}

export interface JobFilter {
  device?: string;
  /** One or several of queued, running, unresolved, done, failed, with commas between. */
  state?: string;
  reference?: string;
  collected?: boolean;
  after?: string;
  limit?: number;
}

export interface PaymentFilter extends Omit<JobFilter, "collected"> {
  /** One or several of approved, partial, declined, cancelled, timed_out, reversed, with commas between. */
  outcome?: string;
  /** Accepted at this time or later, and before `to`: RFC 3339, with a zone. */
  from?: string;
  to?: string;
}

/** A job changed (`updated`), or something of its finished document did (`amended`). `resync`: events were missed; the job as it stands. */
export type JobEvent =
  | { kind: "updated"; seq: number; at: string; device: string; job_id: string; state: Job["state"]; job: Job }
  | { kind: "amended"; seq: number; at: string; device: string; job_id: string; changes: Record<string, unknown>; job: Job }
  | { kind: "resync"; seq: null; at: string; device: string; job_id: string; job: Job };

/** Why a job waits for a person; null: it does not any more. */
export interface PromptEvent {
  seq: number | null;
  at: string;
  device: string;
  job_id: string;
  attention: Attention | null;
}

/** `status` null: the device was removed. */
export interface DeviceEvent {
  device: string;
  status: Omit<StatusReport, "live"> | null;
}

export interface ConnectionEvent {
  /** `connected`; `waiting`: it is away, and is called again by itself; `closed`: for good, see `error`. */
  state: "connected" | "waiting" | "closed";
  /** Why it is not connected. */
  error?: TillbridgeError;
  /** When it is called again, in milliseconds. */
  retryIn?: number;
}

export interface EventHandlers {
  job: JobEvent;
  prompt: PromptEvent;
  device: DeviceEvent;
  connection: ConnectionEvent;
}

export interface PairOptions {
  /** Show the six digits: the person at the till compares them with what the bridge shows. */
  onCode(code: string, expiresIn: number): void;
  /**
   * Pair anew although a pairing is remembered that does not work any more. Set it when a person asked for that: another program
   * that took the bridge's port would be glad to be paired.
   */
  again?: boolean;
}

export interface ConnectOptions {
  /** Shown to the person who approves the pairing. */
  app: string;
  /** Default: http://127.0.0.1:47811, then http://localhost:47811. */
  url?: string | string[];
  /** A token made beforehand (`tillbridge pair --origin ...`). Left out: the remembered one. */
  token?: string;
  /** The name of this till, shown beside `app`. Tills of one shop that must not see each other's receipts need different ones. */
  label?: string;
  /** What to ask for when pairing. Left out: what a till usually has. What it gets is decided at the bridge. */
  scopes?: Scope[];
  /** Given: an unpaired page asks to be paired. Else `not_paired` is thrown. */
  pair?: PairOptions | false;
  /**
   * While the browser has not been answered yet whether this page may speak to programs of this computer, nothing is sent unless a
   * person has just clicked. `skip`: managed tills, where a policy answers.
   */
  gesture?: "required" | "skip";
  /** Where pairing and open documents are remembered. Default: localStorage where it works. null: nowhere. */
  storage?: Storage | null;
  /** The language of errors, as in `pl` or `en-GB`. Default: the page's. */
  language?: string;
  signal?: AbortSignal;
  /** For tests: what is taken from the browser. */
  environment?: Partial<Environment>;
}

/** Time, as it can be played in a test. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds, at once when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  random(): number;
}

/** The part of a WebSocket that is used. */
export interface Socket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** What is taken from the browser. */
export interface Environment {
  fetch: (url: string, init?: RequestInit) => Promise<Response>;
  WebSocket: new (url: string) => Socket;
  clock: Clock;
  crypto: Crypto | undefined;
  /** undefined: no page at all (a program). */
  location: { hostname: string; origin: string } | undefined;
  /** The state of the browser's permission; `unknown` where the browser has none. */
  permission(): Promise<PermissionState | "unknown">;
  /** Whether a person has just clicked or typed. */
  activated(): boolean;
  frame(): Frame;
  /** undefined: there is none, or it may not be used. */
  storage(): Storage | undefined;
  language: string | undefined;
}

/** Where the page stands: in a frame of another site, and whether that site (or the page's own header) lets it speak to the loopback. */
export interface Frame {
  foreign: boolean;
  /** undefined: the browser does not tell. */
  allowed: boolean | undefined;
}
