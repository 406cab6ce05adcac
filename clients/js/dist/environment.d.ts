/** What is taken from the browser, and from Node where a program uses this package. */
import type { Clock, Environment } from "./types.js";
export declare const realClock: Clock;
export declare function environment(given?: Partial<Environment>): Environment;
export declare const isLoopback: (hostname: string) => boolean;
