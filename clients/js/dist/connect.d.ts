/** From nothing to a bridge: first contact, pairing where it is needed, the connection. */
import { Bridge } from "./bridge.js";
import type { ConnectOptions } from "./types.js";
/** Throws TillbridgeError, whose `kind` says what to show. */
export declare function connect(options: ConnectOptions): Promise<Bridge>;
