// What others wrote (devices, tills, pages, persons) inside of our own sentences. Each stands in a <bdi>: whatever direction it
// runs in and whatever marks of direction are in it, the words around it stay where they are.
import { html } from "./html.js";
import { operation } from "./words.js";

export const foreign = (text) => html`<bdi>${text}</bdi>`;

/** A sentence with its places filled: woven(t("Remove {device}?"), { device: id }). */
export const woven = (sentence, values) =>
  sentence.split(/(\{\w+\})/).map((piece) => {
    const name = piece.slice(1, -1);
    return piece.startsWith("{") && name in values ? foreign(values[name]) : piece;
  });

/** Pieces with something between them. */
export const joined = (pieces, between) => pieces.flatMap((piece, index) => (index === 0 ? [piece] : [between, piece]));

/** What a job is called: its operation, and the till's own number for it. */
export const jobName = (job) => (job.reference ? [operation(job.op), " ", foreign(job.reference)] : [operation(job.op)]);
