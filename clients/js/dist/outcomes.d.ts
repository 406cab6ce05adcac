/** From a job, as the bridge tells it, to what a till must tell apart. */
import type { Job, Outcome } from "./types.js";
export declare const isFinal: (job: Job) => boolean;
/** Nothing but a person's word can settle it. */
export declare const needsPerson: (job: Job) => boolean;
export declare function outcomeOf(job: Job, key?: string): Outcome;
