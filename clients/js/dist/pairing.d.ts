/** Asking to be let in: six digits that a person compares, then a token. A reload goes on with the request that is open. */
import type { Contact } from "./contact.js";
import type { Pairings } from "./memory.js";
import type { ConnectOptions, Environment, PairOptions } from "./types.js";
export declare function pair(env: Environment, contact: Contact, pairings: Pairings, base: string, address: string, options: ConnectOptions & {
    pair: PairOptions;
}): Promise<string>;
