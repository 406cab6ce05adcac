/** What a page holds in its hands: the bridge, and one device of it. */

import type { Connection } from "./connection.js";
import { TillbridgeError } from "./errors.js";
import type { Submitting } from "./submitting.js";
import type {
  AbortAnswer,
  Device,
  EventHandlers,
  Job,
  JobFilter,
  Jobs,
  Operation,
  Outcome,
  PaymentFilter,
  Payments,
  Preview,
  ReceiptCopy,
  ResumeOptions,
  SessionReport,
  StatusReport,
  SubmitOptions,
} from "./types.js";

export class Bridge {
  /** @internal */
  constructor(
    private readonly connection: Connection,
    private readonly submitting: Submitting,
    /** What this page's token is and may do, as it was when it connected. */
    readonly session: SessionReport,
    /** The bridge's own id. */
    readonly instance: string,
  ) {}

  async devices(): Promise<Device[]> {
    return (await this.connection.ask<{ devices: Device[] }>("devices.list")).devices;
  }

  /** By its id or by an alias of the token: `till-1`, `@fiscal`. Nothing is asked yet. */
  device(id: string): BridgeDevice {
    return new BridgeDevice(this, this.connection, id);
  }

  /**
   * One operation, exactly once. It is remembered before it is sent, and sent again under the same key until what became of it is
   * known: a lost connection makes it slower and nothing else.
   *
   * Rejects with `aborted` where `signal` (or `close()`) ends it, and with a TypeError where `operation` is none.
   */
  submit(device: string, operation: Operation, options?: SubmitOptions): Promise<Outcome> {
    return this.submitting.submit(device, operation, options);
  }

  /** What this till has not collected yet, from before a reload too. Each is told again until `collect` is called for it. */
  resume(options?: ResumeOptions): Promise<Outcome[]> {
    return this.submitting.resume(options);
  }

  /** This outcome is in the till's own books: neither the bridge nor this page need remember it. */
  collect(outcome: Outcome): Promise<void> {
    return this.submitting.collect(outcome);
  }

  /** The same by the job's id. */
  ack(jobId: string): Promise<Job> {
    return this.submitting.ack(jobId);
  }

  /** What the operation would be on this device: totals, and the paper as text. Nothing is stored or sent. */
  preview(device: string, operation: Operation): Promise<Preview> {
    return this.connection.ask("devices.preview", { ...operation, device });
  }

  /**
   * The paper of a job as it stands, to be shown: `svg` (in an image, never as markup of the page), `html` for a sandboxed frame, or text.
   * `copy`: which of a card terminal's slips.
   */
  receipt(jobId: string, format: "svg" | "html" | "text" = "svg", copy?: ReceiptCopy): Promise<string> {
    return this.connection.ask("jobs.receipt", { job: jobId, format, ...(copy && { copy }) });
  }

  job(id: string): Promise<Job> {
    return this.connection.ask("jobs.get", { job: id });
  }

  jobs(filter: JobFilter = {}): Promise<Jobs> {
    return this.connection.ask("jobs.list", filter);
  }

  /** Card payments of this till, newest first. */
  payments(filter: PaymentFilter = {}): Promise<Payments> {
    return this.connection.ask("payments.list", filter);
  }

  /** Let the terminal be asked again what became of a payment; the job as it stands within `wait` seconds. */
  refresh(jobId: string, wait?: number): Promise<Job> {
    return this.connection.ask("payments.refresh", { job: jobId, ...(wait && { wait }) });
  }

  /** Answer the question of a job. */
  async answer(jobId: string, promptId: string, choice: string): Promise<Job> {
    try {
      return await this.connection.ask("jobs.answer", { job: jobId, prompt_id: promptId, choice });
    } catch (error) {
      // It was answered: by the first try, whose answer was lost, or by another page. What the job is now says it.
      if (!(error instanceof TillbridgeError) || error.problem?.code !== "request.conflict") throw error;
      const job = await this.job(jobId);
      if (job.attention?.prompt_id === promptId) throw error;
      return job;
    }
  }

  /** Ask for the job's end. What became of it is the job's to say, not this answer's. */
  async abort(jobId: string): Promise<AbortAnswer> {
    return (await this.connection.ask<{ abort: AbortAnswer }>("jobs.abort", { job: jobId })).abort;
  }

  /** Listen; the answer ends it. Job events come each once and in order, also those of a time without connection. */
  on<Kind extends keyof EventHandlers>(kind: Kind, handler: (event: EventHandlers[Kind]) => void): () => void {
    return this.connection.on(kind, handler);
  }

  /** Hang up for good. What was submitted goes on at the bridge; who waits here is told `aborted`. */
  close(): void {
    this.connection.close();
  }
}

export class BridgeDevice {
  /** @internal */
  constructor(
    private readonly bridge: Bridge,
    private readonly connection: Connection,
    readonly id: string,
  ) {}

  get(): Promise<Device> {
    return this.connection.ask("devices.get", { device: this.id });
  }

  status(): Promise<StatusReport> {
    return this.connection.ask("devices.status", { device: this.id });
  }

  submit(operation: Operation, options?: SubmitOptions): Promise<Outcome> {
    return this.bridge.submit(this.id, operation, options);
  }

  preview(operation: Operation): Promise<Preview> {
    return this.bridge.preview(this.id, operation);
  }
}
