/** Asking to be let in: six digits that a person compares, then a token. A reload goes on with the request that is open. */

import type { Contact } from "./contact.js";
import { aborted, refused, TillbridgeError } from "./errors.js";
import type { Pairings } from "./memory.js";
import type { ConnectOptions, Environment, PairOptions, Problem } from "./types.js";

interface Asked {
  pairing_id: string;
  verification_code: string;
  expires_in: number;
  poll_seconds: number;
}

interface State {
  state: string;
  expires_in: number;
  token: string | null;
}

/** How long to put up with "ask again later": a request that this page lost the answer to runs out by then. */
const PATIENCE_MS = 150_000;

export async function pair(
  env: Environment,
  contact: Contact,
  pairings: Pairings,
  base: string,
  address: string,
  options: ConnectOptions & { pair: PairOptions },
): Promise<string> {
  const { signal } = options;
  const pause = async (milliseconds: number) => {
    await env.clock.sleep(milliseconds, signal);
    if (signal?.aborted) throw aborted();
  };

  const ask = async (): Promise<void> => {
    const until = env.clock.now() + PATIENCE_MS;
    // The label is part of the name, so that whoever approves sees which till it is, and it becomes the token's label.
    const name = options.label ? `${options.app} ${options.label}` : options.app;
    const body = JSON.stringify({
      origin: env.location?.origin,
      app_name: name,
      ...(options.scopes ? { scopes: options.scopes } : {}),
    });
    const init = { method: "POST", headers: { "Content-Type": "application/json" }, body };
    for (;;) {
      let wait = 2_000;
      try {
        const { status, body: answer } = await contact.fetch(base, "/pairing", init, signal);
        if (status === 202) {
          const asked = answer as Asked;
          pairings.keepOpen(address, {
            id: asked.pairing_id,
            code: asked.verification_code,
            until: env.clock.now() + asked.expires_in * 1000,
            poll: asked.poll_seconds * 1000,
          });
          return options.pair.onCode(asked.verification_code, asked.expires_in);
        }
        const problem = answer as Problem;
        wait = (problem.retry_after ?? 2) * 1000;
        if (problem.code !== "gate.rate" || env.clock.now() + wait > until)
          throw problem.code === "gate.rate" ? new TillbridgeError("rejected", problem.detail, { problem }) : refused(problem);
      } catch (error) {
        // An answer that was lost leaves a request behind that nobody can ask for; until it has run out a new one is refused.
        if (signal?.aborted) throw aborted();
        if (error instanceof TillbridgeError || env.clock.now() > until) throw error;
      }
      await pause(wait);
    }
  };

  // What stands there from before a reload may have run out, or have gone with a bridge that was restarted: then ask anew.
  let fresh = false;
  const remembered = pairings.open(address);
  if (remembered && remembered.until > env.clock.now())
    options.pair.onCode(remembered.code, Math.round((remembered.until - env.clock.now()) / 1000));
  else pairings.forgetOpen(address);

  for (;;) {
    if (!pairings.open(address)) {
      await ask();
      fresh = true;
    }
    const asked = pairings.open(address);
    if (!asked) continue; // another tab got the token in this moment
    let found: State | undefined;
    try {
      const { status, body } = await contact.fetch(
        base,
        `/pairing/${encodeURIComponent(asked.id)}`,
        { cache: "no-store" },
        signal,
      );
      if (status === 200) found = body as State;
      else if (status === 404) found = { state: "expired", expires_in: 0, token: null };
      else if (status !== 429 && status !== 503) throw refused(body as Problem);
    } catch (error) {
      if (signal?.aborted) throw aborted();
      if (error instanceof TillbridgeError && error.kind !== "not_running") throw error;
      // Lost on the way, or the bridge starts anew: then it knows nothing of the request, and says so.
    }
    if (found?.token) {
      pairings.forgetOpen(address);
      return found.token;
    }
    if (found && found.state !== "pending" && found.state !== "approved") {
      pairings.forgetOpen(address);
      if (found.state === "rejected")
        throw new TillbridgeError("rejected", "The pairing was refused at the bridge.", { remedy: "Ask again in ten minutes." });
      if (found.state === "expired" && fresh)
        throw new TillbridgeError("rejected", "Nobody decided about the pairing in time.", {
          remedy: "Pair again, and compare the digits at the bridge within two minutes.",
        });
      // Else it was collected and lost on the way, or ran out before this page was loaded.
    } else {
      await pause(asked.poll);
    }
  }
}
