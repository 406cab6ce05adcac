/** The errors that are thrown, and the texts for the person at the till. */

import type { Problem } from "./types.js";

export type ErrorKind =
  /** The browser keeps this page from the computer's own programs. */
  | "blocked"
  /** The browser will ask its user: call `connect` in a click. */
  | "needs_gesture"
  /** Nobody answers, or another program does. */
  | "not_running"
  /** The bridge does not know this page (any more). */
  | "not_paired"
  /** It is another user's, or another session's. */
  | "wrong_session"
  /** The page is not https. */
  | "insecure_page"
  /** Who answers does not know the token: it is not the bridge that this page was paired with. */
  | "impostor"
  /** The pairing was refused, or nobody decided in time. */
  | "rejected"
  /** Ended by the caller: a signal, or `close()`. */
  | "aborted"
  /** A call was refused; `problem` says why. */
  | "refused"
  /** The connection broke before the answer. */
  | "lost";

export interface ErrorDetails {
  problem?: Problem | undefined;
  remedy?: string | undefined;
  /** Of an aborted submit: the key under which it was, or would have been, sent. */
  key?: string | undefined;
  /** Of an aborted submit: whether something may have been issued. */
  fate?: "not_issued" | "unknown" | undefined;
  cause?: unknown;
}

/** What went wrong, in `message` for people, in `kind` for programs. */
export class TillbridgeError extends Error {
  readonly kind: ErrorKind;
  readonly problem: Problem | undefined;
  readonly remedy: string | undefined;
  readonly key: string | undefined;
  readonly fate: "not_issued" | "unknown" | undefined;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "TillbridgeError";
    this.kind = kind;
    this.problem = details.problem;
    this.remedy = details.remedy ?? details.problem?.remedy;
    this.key = details.key;
    this.fate = details.fate;
  }
}

export const refused = (problem: Problem): TillbridgeError => {
  const elsewhere = problem.code === "gate.wrong_session" || problem.code === "gate.session_unknown";
  return new TillbridgeError(elsewhere ? "wrong_session" : "refused", problem.detail, { problem });
};

export const lost = (why: string, cause?: unknown): TillbridgeError => new TillbridgeError("lost", why, { cause });

export const aborted = (details: ErrorDetails = {}): TillbridgeError =>
  new TillbridgeError("aborted", "The page ended this.", details);

export const notRunning = (message: string, cause?: unknown): TillbridgeError =>
  new TillbridgeError("not_running", message, { cause, remedy: "Start Tillbridge on this computer, then try again." });

export const notPaired = (message: string, problem?: Problem): TillbridgeError =>
  new TillbridgeError("not_paired", message, { problem, remedy: "Pair this page with the bridge." });

export const impostor = (): TillbridgeError =>
  new TillbridgeError("impostor", "The program that answers does not know this page's token, so nothing was sent to it.", {
    remedy:
      "Either another program took the bridge's port, or the pairing was taken back or replaced. Look at the bridge's console; if it is the bridge, pair this page again.",
  });

/** A refusal that this page itself knows of, in the form of those of the bridge. */
export const ownProblem = (code: Problem["code"], detail: string, remedy: string): Problem => ({
  type: `urn:tillbridge:error:${code}`,
  title: detail,
  status: 409,
  code,
  detail,
  remedy,
  retry: "safe",
  errors: [],
});
