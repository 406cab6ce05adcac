/** One socket: opening it with the mutual proof (the server first; the token is never sent), calls and their answers. */

import { aborted, impostor, lost, notPaired, refused, TillbridgeError } from "./errors.js";
import { Prover } from "./proof.js";
import type { Environment, Problem, Socket } from "./types.js";

export interface Welcome {
  principal: string;
  label: string;
  instance_id: string;
  version: string;
  epoch: string;
  limits: Record<string, number>;
}

export interface Closed {
  code: number;
  reason: string;
}

/** The bridge wants the proofs within five seconds; a busy computer gets some more. */
const PROOF_MS = 10_000;

export class Session {
  welcome!: Welcome;
  readonly closed: Promise<Closed>;
  onNotification: (method: string, params: never) => void = () => {};
  /** When something was last heard, by the clock. */
  heard: number;
  private end!: (closed: Closed) => void;
  private gone: Closed | undefined;
  private last = 0;
  private readonly waiting = new Map<number, { resolve(result: never): void; reject(error: TillbridgeError): void }>();

  private constructor(
    private readonly socket: Socket,
    private readonly env: Environment,
  ) {
    this.heard = env.clock.now();
    this.closed = new Promise((resolve) => {
      this.end = resolve;
    });
    socket.onmessage = (event) => this.take(event.data);
    socket.onclose = ({ code, reason }) => this.drop({ code, reason });
  }

  /** A socket on which both sides have proved themselves. `openMs`: how long the browser may take, a person included. */
  static async open(
    env: Environment,
    base: string,
    token: string,
    options: { openMs: number; language?: string | undefined; signal?: AbortSignal | undefined },
  ): Promise<Session> {
    if (options.signal?.aborted) throw aborted();
    const { host } = new URL(base);
    // Without a second argument: what is meant as options is taken for a subprotocol by browsers of today.
    const socket = new env.WebSocket(`${base.replace(/^http/, "ws")}/api/v1/ws`);
    const session = new Session(socket, env);
    const limit = new AbortController();
    const stop = () => session.close();
    options.signal?.addEventListener("abort", stop);
    try {
      const opened = new Promise<boolean>((resolve) => {
        socket.onopen = () => resolve(true);
        socket.onerror = () => {}; // its close says the same
        void session.closed.then(() => resolve(false));
        void env.clock.sleep(options.openMs, limit.signal).then(() => resolve(false));
      });
      if (!(await opened)) throw lost("The WebSocket does not open.");
      void env.clock.sleep(PROOF_MS, limit.signal).then(() => limit.signal.aborted || session.close());
      session.welcome = await session.prove(host, token, options.language);
      return session;
    } catch (error) {
      session.close();
      throw options.signal?.aborted ? aborted() : error;
    } finally {
      limit.abort();
      options.signal?.removeEventListener("abort", stop);
    }
  }

  /** The result, once. Rejects with `refused` and the problem, or with `lost`: then nothing is known of it. */
  call<T>(method: string, params: object = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.gone) return reject(lost("The connection is closed."));
      const id = ++this.last;
      this.waiting.set(id, { resolve: resolve as (result: never) => void, reject });
      try {
        this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      } catch (error) {
        this.waiting.delete(id);
        reject(lost("The connection is closed.", error));
      }
    });
  }

  close(): void {
    this.socket.close();
    // A browser waits long for the other side's close; we are done.
    this.drop({ code: 1000, reason: "" });
  }

  private async prove(host: string, token: string, language: string | undefined): Promise<Welcome> {
    const prover = new Prover(this.env.crypto as Crypto, token, host);
    const lang = language && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/.test(language) ? { lang: language } : {};
    const said = await this.call<{ nonce: string; proof: string }>("session.authenticate", {
      token_id: prover.id,
      nonce: prover.nonce,
      ...lang,
    });
    if (said.proof !== (await prover.proof("server", said.nonce))) throw impostor();
    try {
      return await this.call<Welcome>("session.confirm", { proof: await prover.proof("client", said.nonce) });
    } catch (error) {
      // It has proved itself, so this is the bridge's own word.
      const problem = error instanceof TillbridgeError ? error.problem : undefined;
      const unpaired = ["gate.unauthorised", "gate.token_origin_mismatch", "gate.origin_required"].includes(problem?.code ?? "");
      throw unpaired ? notPaired((problem as Problem).detail, problem) : error;
    }
  }

  private take(data: unknown): void {
    this.heard = this.env.clock.now();
    if (this.gone) return;
    let message: { id?: number; result?: never; error?: { message: string; data?: Problem }; method?: string; params?: never };
    try {
      message = JSON.parse(String(data));
    } catch {
      this.close(); // not our protocol
      return;
    }
    if (message.method !== undefined) {
      this.onNotification(message.method, message.params as never);
      return;
    }
    const waiting = this.waiting.get(message.id as number);
    this.waiting.delete(message.id as number);
    if (!waiting) return;
    if (!message.error) waiting.resolve(message.result as never);
    else if (message.error.data) waiting.reject(refused(message.error.data));
    else waiting.reject(new TillbridgeError("refused", message.error.message));
  }

  private drop(closed: Closed): void {
    if (this.gone) return;
    this.gone = closed;
    for (const { reject } of this.waiting.values()) reject(lost("The connection broke before the answer."));
    this.waiting.clear();
    this.end(closed);
  }
}
