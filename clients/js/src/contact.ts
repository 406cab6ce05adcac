/**
 * The first contact: may this page speak to programs of this computer, and does a bridge answer? Follows the browsers' Local Network
 * Access: its permission is never waited for to read `granted` (Firefox leaves it at `prompt` where a policy lets the page through).
 */

import { isLoopback } from "./environment.js";
import { aborted, notRunning, refused, TillbridgeError } from "./errors.js";
import type { Environment, Problem } from "./types.js";

export interface Ping {
  name: string;
  version: string;
  instance_id: string;
}

/** Firefox keeps its question open for 300 s; until then an answer may come. */
export const PROMPT_MS = 310_000;
const ANSWER_MS = 15_000;
/** Nobody answers a question of the browser that quickly: the port was closed. */
const REFUSED_AT_ONCE_MS = 1_000;

export class Contact {
  constructor(
    private readonly env: Environment,
    private readonly gesture: "required" | "skip",
  ) {}

  /** The address that answers, of those given, and what it says. Throws TillbridgeError. */
  async find(bases: string[], signal: AbortSignal | undefined): Promise<{ base: string; ping: Ping }> {
    const { env } = this;
    // Asked now, since a click's effect does not outlive many awaits.
    const clicked = env.activated();
    if (!env.crypto?.subtle) throw insecurePage();
    let failure: unknown;
    for (const base of bases) {
      const guarded = this.guarded(base);
      if (guarded) await this.ask(clicked);
      const before = env.clock.now();
      try {
        return { base, ping: await this.ping(base, signal) };
      } catch (error) {
        if (signal?.aborted) throw aborted();
        if (error instanceof TillbridgeError && error.kind !== "not_running") throw error;
        failure = error;
      }
      if (guarded && (await this.blocked())) throw blocked(env);
      // The person has looked at the browser's question and sent it away. To ask at once for the other name of the same
      // computer would count as the next time, and after three the browser never asks again.
      if (guarded && env.clock.now() - before > REFUSED_AT_ONCE_MS && (await env.permission()) === "prompt")
        throw blocked(env, "The browser's question was not answered.");
    }
    if (failure instanceof TillbridgeError) throw failure;
    throw notRunning("Tillbridge does not answer on this computer.", failure);
  }

  /** Whether a bridge answers there. Rejects with what fetch rejects with, or a TillbridgeError. */
  async ping(base: string, signal?: AbortSignal): Promise<Ping> {
    const { status, body } = await this.fetch(base, "/ping", { cache: "no-store" }, signal);
    if (status !== 200) throw refused(body as Problem);
    const ping = body as Ping;
    if (ping?.name !== "tillbridge") throw notRunning("Another program answers on the bridge's port.");
    return ping;
  }

  /** One request, with a time limit that lets a person answer the browser. */
  async fetch(base: string, path: string, init: RequestInit, signal?: AbortSignal): Promise<{ status: number; body: unknown }> {
    const { env } = this;
    const limit = new AbortController();
    const done = new AbortController();
    const stop = () => limit.abort();
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    void env.clock.sleep(await this.patience(base), done.signal).then(() => done.signal.aborted || stop());
    try {
      // Only for the loopback: a wrong word here fails in Chromium, and others do not look at it.
      const space = isLoopback(new URL(base).hostname) ? { targetAddressSpace: "loopback" } : {};
      const answer = await env.fetch(`${base}/api/v1${path}`, { ...init, ...space, signal: limit.signal });
      let body: unknown;
      try {
        body = JSON.parse(await answer.text());
      } catch {
        throw notRunning("Another program answers on the bridge's port.");
      }
      if (answer.status >= 400 && typeof (body as Problem | null)?.code !== "string")
        throw notRunning("Another program answers on the bridge's port.");
      return { status: answer.status, body };
    } finally {
      done.abort();
      signal?.removeEventListener("abort", stop);
    }
  }

  /** How long opening a connection may take: as long as the browser's question may stand there. */
  async patience(base: string): Promise<number> {
    return this.guarded(base) && (await this.env.permission()) !== "granted" ? PROMPT_MS : ANSWER_MS;
  }

  async blocked(): Promise<boolean> {
    return (await this.env.permission()) === "denied";
  }

  /** Whether a browser stands between this page and that address. */
  guarded(base: string): boolean {
    const page = this.env.location;
    return page !== undefined && !isLoopback(page.hostname) && isLoopback(new URL(base).hostname);
  }

  private async ask(clicked: boolean): Promise<void> {
    const { env } = this;
    if (env.frame().allowed === false) throw blocked(env);
    const state = await env.permission();
    if (state === "denied") throw blocked(env);
    if (state === "prompt" && this.gesture === "required" && !clicked && !env.activated())
      throw new TillbridgeError("needs_gesture", "The browser will ask whether this page may reach programs on this computer.", {
        remedy: "Connect in a click, and tell the person first that the browser is going to ask.",
      });
  }
}

const insecurePage = (): TillbridgeError =>
  new TillbridgeError(
    "insecure_page",
    "This page was not loaded over https, so browsers let it reach no program on this computer.",
    {
      remedy: "Serve the page over https, or from http://localhost.",
    },
  );

/** The browser says no. In a frame of another site that is mostly the attribute that is missing. */
export function blocked(env: Environment, message?: string): TillbridgeError {
  const { foreign, allowed } = env.frame();
  if (allowed === false && !foreign)
    return new TillbridgeError("blocked", "This page's own Permissions-Policy keeps it from the programs on this computer.", {
      remedy: "The server of the page must not send Permissions-Policy: loopback-network=() or local-network-access=().",
    });
  if (allowed === false || (foreign && allowed === undefined))
    return new TillbridgeError(
      "blocked",
      'This page stands in a frame of another site, which does not let it reach programs on this computer: allow="loopback-network" is missing.',
      { remedy: 'The page around it must say <iframe allow="loopback-network" ...>.' },
    );
  return new TillbridgeError("blocked", message ?? "The browser does not let this page reach programs on this computer.", {
    remedy:
      "Click the symbol beside the page's address, open the site's settings, allow access to apps and services on this device, and load the page again.",
  });
}
