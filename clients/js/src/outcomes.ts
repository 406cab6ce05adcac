/** From a job, as the bridge tells it, to what a till must tell apart. */

import type { Job, Outcome, Prompt } from "./types.js";

export const isFinal = (job: Job): boolean => job.state === "done" || job.state === "failed";

/** Nothing but a person's word can settle it. */
export const needsPerson = (job: Job): boolean => job.state === "unresolved" && job.attention?.code === "resolve";

export function outcomeOf(job: Job, key?: string): Outcome {
  const known = key === undefined ? { job } : { job, key };
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
      const prompt = attention?.prompt_id ? { prompt: attention as Prompt } : {};
      return { status: "waiting", attention, ...prompt, ...known };
    }
  }
}

/** Of a failed job whose details are no longer kept. */
const forgotten = (job: Job): NonNullable<Job["error"]> => ({
  code: "request.not_found",
  message: `${job.class === "money" ? "The terminal did not do it." : "Nothing was issued."} Why is no longer kept.`,
  fate: "not_issued",
  retry: "safe",
  remedy: "",
  device_code: null,
  device_text: null,
  field: null,
  limit: null,
  job: null,
});
