/**
 * The first contact: may this page speak to programs of this computer, and does a bridge answer? Follows the browsers' Local Network
 * Access: its permission is never waited for to read `granted` (Firefox leaves it at `prompt` where a policy lets the page through).
 */
import { TillbridgeError } from "./errors.js";
import type { Environment } from "./types.js";
export interface Ping {
    name: string;
    version: string;
    instance_id: string;
}
/** Firefox keeps its question open for 300 s; until then an answer may come. */
export declare const PROMPT_MS = 310000;
export declare class Contact {
    private readonly env;
    private readonly gesture;
    constructor(env: Environment, gesture: "required" | "skip");
    /** The address that answers, of those given, and what it says. Throws TillbridgeError. */
    find(bases: string[], signal: AbortSignal | undefined): Promise<{
        base: string;
        ping: Ping;
    }>;
    /** Whether a bridge answers there. Rejects with what fetch rejects with, or a TillbridgeError. */
    ping(base: string, signal?: AbortSignal): Promise<Ping>;
    /** One request, with a time limit that lets a person answer the browser. */
    fetch(base: string, path: string, init: RequestInit, signal?: AbortSignal): Promise<{
        status: number;
        body: unknown;
    }>;
    /** How long opening a connection may take: as long as the browser's question may stand there. */
    patience(base: string): Promise<number>;
    blocked(): Promise<boolean>;
    /** Whether a browser stands between this page and that address. */
    guarded(base: string): boolean;
    private ask;
}
/** The browser says no. In a frame of another site that is mostly the attribute that is missing. */
export declare function blocked(env: Environment, message?: string): TillbridgeError;
