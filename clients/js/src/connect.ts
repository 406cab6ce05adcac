/** From nothing to a bridge: first contact, pairing where it is needed, the connection. */

import { Bridge } from "./bridge.js";
import { Connection } from "./connection.js";
import { Contact } from "./contact.js";
import { environment, isLoopback } from "./environment.js";
import { notPaired, TillbridgeError } from "./errors.js";
import { Operations, Pairings, Places } from "./memory.js";
import { pair } from "./pairing.js";
import { Submitting } from "./submitting.js";
import type { ConnectOptions, SessionReport } from "./types.js";

const HERE = ["http://127.0.0.1:47811", "http://localhost:47811"];

/** Throws TillbridgeError, whose `kind` says what to show. */
export async function connect(options: ConnectOptions): Promise<Bridge> {
  const env = environment(options.environment);
  const contact = new Contact(env, options.gesture ?? "required");
  const places = new Places(options.storage === undefined ? env.storage() : options.storage);
  const pairings = new Pairings(places);
  const given = options.url === undefined ? HERE : [options.url].flat();
  const { base, ping } = await contact.find(
    given.map((url) => url.replace(/\/+$/, "")),
    options.signal,
  );
  const instance = ping.instance_id;
  const address = addressOf(base);

  const open = async (token: string, byHand: boolean) => {
    const language = options.language ?? env.language;
    const connection = new Connection(env, contact, pairings, base, instance, token, byHand, language);
    await connection.start(options.signal);
    return connection;
  };
  const paired = async () => {
    if (!options.pair) throw notPaired("This page is not paired with the bridge.");
    const token = await pair(env, contact, pairings, base, address, { ...options, pair: options.pair });
    pairings.keep(instance, address, token);
    return await open(token, false);
  };
  const again = options.pair ? options.pair.again : false;

  const connected = async (): Promise<Connection> => {
    if (options.token) return await open(options.token, true);
    const remembered = pairings.token(instance);
    if (remembered) {
      try {
        return await open(remembered, false);
      } catch (error) {
        // The bridge itself, having proved that it is, says that the pairing ended; else only a person can tell the bridge that
        // forgot this page from a program that never knew it.
        const kind = error instanceof TillbridgeError ? error.kind : undefined;
        const proved = kind === "not_paired" && pairings.token(instance) === undefined;
        if (!options.pair || !(proved || (again && (kind === "not_paired" || kind === "impostor")))) throw error;
      }
    } else if (!again && pairings.elsewhere(instance, address)) {
      throw notPaired("Another bridge answers than the one that this page was paired with at this address.");
    }
    return await paired();
  };

  const connection = await connected();
  try {
    const session = await connection.ask<SessionReport>("session.get", {}, options.signal);
    return new Bridge(connection, new Submitting(env, connection, new Operations(places, instance)), session, instance);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** The loopback has several names, and is one address. */
function addressOf(base: string): string {
  const { hostname, port, protocol } = new URL(base);
  return `${protocol}//${isLoopback(hostname) ? "loopback" : hostname}:${port}`;
}
