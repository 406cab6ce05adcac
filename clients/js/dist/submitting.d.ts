/**
 * Exactly once, whatever breaks: an operation is remembered before it is sent, sent again under the same key until what became of it
 * is known, and followed to its end.
 *
 * What is certain and what is not: a refusal of the very first try means that nothing was stored. Where an earlier try may have
 * arrived (its answer was lost, or the page was loaded anew), only those refusals count that the bridge gives after it has looked the
 * key up. And what could not be sent in time is not sent late: a card must not be asked for after the customer has left.
 */
import { type Connection } from "./connection.js";
import { type Operations } from "./memory.js";
import type { Environment, Job, Operation, Outcome, ResumeOptions, SubmitOptions } from "./types.js";
export declare class Submitting {
    private readonly env;
    private readonly connection;
    private readonly operations;
    /** Keys and jobs that this page is busy with. */
    private readonly busy;
    constructor(env: Environment, connection: Connection, operations: Operations);
    submit(device: string, operation: Operation, options?: SubmitOptions): Promise<Outcome>;
    /** What this till has not collected: first what the bridge knows, then what was perhaps never sent. */
    resume(options?: ResumeOptions): Promise<Outcome[]>;
    /** The outcome is written down by the till: the bridge need not tell it again, and nothing is remembered here. */
    collect(outcome: Outcome): Promise<void>;
    ack(jobId: string): Promise<Job>;
    /** The operation under its key, and whether it is the one that is remembered. */
    private remember;
    /**
     * A click too many, or one after a reload: an order that is on its way already, whose outcome nobody was told. Without a reference
     * two equal operations are two sales, and parts of an order may be equal too.
     */
    private sameOrder;
    private uuid;
    private settle;
    private send;
    /** The session; where nothing was sent yet, only until it is too late. */
    private connected;
    /** Milliseconds that an operation is worth sending at the least; a device's own deadline is mostly the same. */
    private least;
    /** Until when it may begin: its own deadline, or what the device is set to. */
    private deadline;
    /**
     * The job when it is final, when only a person can settle it, or as it is at the end of the time, or of the connection. Undefined:
     * the bridge does not know it (any more). `sent`: what it was asked for with.
     */
    private follow;
    /** The job as it stands; undefined where the bridge does not know it (any more). */
    private look;
}
