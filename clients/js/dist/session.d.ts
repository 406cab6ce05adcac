/** One socket: opening it with the mutual proof (the server first; the token is never sent), calls and their answers. */
import type { Environment } from "./types.js";
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
export declare class Session {
    private readonly socket;
    private readonly env;
    welcome: Welcome;
    readonly closed: Promise<Closed>;
    onNotification: (method: string, params: never) => void;
    /** When something was last heard, by the clock. */
    heard: number;
    private end;
    private gone;
    private last;
    private readonly waiting;
    private constructor();
    /** A socket on which both sides have proved themselves. `openMs`: how long the browser may take, a person included. */
    static open(env: Environment, base: string, token: string, options: {
        openMs: number;
        language?: string | undefined;
        signal?: AbortSignal | undefined;
    }): Promise<Session>;
    /** The result, once. Rejects with `refused` and the problem, or with `lost`: then nothing is known of it. */
    call<T>(method: string, params?: object): Promise<T>;
    close(): void;
    private prove;
    private take;
    private drop;
}
