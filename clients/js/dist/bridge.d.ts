/** What a page holds in its hands: the bridge, and one device of it. */
import type { AbortAnswer, Device, EventHandlers, Job, JobFilter, Jobs, Operation, Outcome, PaymentFilter, Payments, Preview, ReceiptCopy, ResumeOptions, SessionReport, StatusReport, SubmitOptions } from "./types.js";
export declare class Bridge {
    private readonly connection;
    private readonly submitting;
    /** What this page's token is and may do, as it was when it connected. */
    readonly session: SessionReport;
    /** The bridge's own id. */
    readonly instance: string;
    devices(): Promise<Device[]>;
    /** By its id or by an alias of the token: `till-1`, `@fiscal`. Nothing is asked yet. */
    device(id: string): BridgeDevice;
    /**
     * One operation, exactly once. It is remembered before it is sent, and sent again under the same key until what became of it is
     * known: a lost connection makes it slower and nothing else.
     *
     * Rejects with `aborted` where `signal` (or `close()`) ends it, and with a TypeError where `operation` is none.
     */
    submit(device: string, operation: Operation, options?: SubmitOptions): Promise<Outcome>;
    /** What this till has not collected yet, from before a reload too. Each is told again until `collect` is called for it. */
    resume(options?: ResumeOptions): Promise<Outcome[]>;
    /** This outcome is in the till's own books: neither the bridge nor this page need remember it. */
    collect(outcome: Outcome): Promise<void>;
    /** The same by the job's id. */
    ack(jobId: string): Promise<Job>;
    /** What the operation would be on this device: totals, and the paper as text. Nothing is stored or sent. */
    preview(device: string, operation: Operation): Promise<Preview>;
    /**
     * The paper of a job as it stands, to be shown: `svg` (in an image, never as markup of the page), `html` for a sandboxed frame, or text.
     * `copy`: which of a card terminal's slips.
     */
    receipt(jobId: string, format?: "svg" | "html" | "text", copy?: ReceiptCopy): Promise<string>;
    job(id: string): Promise<Job>;
    jobs(filter?: JobFilter): Promise<Jobs>;
    /** Card payments of this till, newest first. */
    payments(filter?: PaymentFilter): Promise<Payments>;
    /** Let the terminal be asked again what became of a payment; the job as it stands within `wait` seconds. */
    refresh(jobId: string, wait?: number): Promise<Job>;
    /** Answer the question of a job. */
    answer(jobId: string, promptId: string, choice: string): Promise<Job>;
    /** Ask for the job's end. What became of it is the job's to say, not this answer's. */
    abort(jobId: string): Promise<AbortAnswer>;
    /** Listen; the answer ends it. Job events come each once and in order, also those of a time without connection. */
    on<Kind extends keyof EventHandlers>(kind: Kind, handler: (event: EventHandlers[Kind]) => void): () => void;
    /** Hang up for good. What was submitted goes on at the bridge; who waits here is told `aborted`. */
    close(): void;
}
export declare class BridgeDevice {
    private readonly bridge;
    private readonly connection;
    readonly id: string;
    get(): Promise<Device>;
    status(): Promise<StatusReport>;
    submit(operation: Operation, options?: SubmitOptions): Promise<Outcome>;
    preview(operation: Operation): Promise<Preview>;
}
