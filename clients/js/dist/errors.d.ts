/** The errors that are thrown, and the texts for the person at the till. */
import type { Problem } from "./types.js";
export type ErrorKind = 
/** The browser keeps this page from the computer's own programs. */
"blocked"
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
export declare class TillbridgeError extends Error {
    readonly kind: ErrorKind;
    readonly problem: Problem | undefined;
    readonly remedy: string | undefined;
    readonly key: string | undefined;
    readonly fate: "not_issued" | "unknown" | undefined;
    constructor(kind: ErrorKind, message: string, details?: ErrorDetails);
}
export declare const refused: (problem: Problem) => TillbridgeError;
export declare const lost: (why: string, cause?: unknown) => TillbridgeError;
export declare const aborted: (details?: ErrorDetails) => TillbridgeError;
export declare const notRunning: (message: string, cause?: unknown) => TillbridgeError;
export declare const notPaired: (message: string, problem?: Problem) => TillbridgeError;
export declare const impostor: () => TillbridgeError;
/** A refusal that this page itself knows of, in the form of those of the bridge. */
export declare const ownProblem: (code: Problem["code"], detail: string, remedy: string) => Problem;
