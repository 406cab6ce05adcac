/** The package: `connect`, and the types. */
export type { Bridge, BridgeDevice } from "./bridge.js";
export { connect } from "./connect.js";
export { type ErrorKind, TillbridgeError } from "./errors.js";
export type * from "./types.js";
