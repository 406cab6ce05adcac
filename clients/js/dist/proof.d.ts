/** The mutual proof of docs/websocket.md: HMAC-SHA256 over five lines, keyed with the SHA-256 of the token. */
import type { Environment } from "./types.js";
type Role = "server" | "client";
export declare function base64url(bytes: Uint8Array): string;
/** The id that stands in a token; the administrator's has none. */
export declare const tokenId: (token: string) => string;
export declare class Prover {
    private readonly crypto;
    private readonly token;
    private readonly host;
    readonly nonce: string;
    readonly id: string;
    constructor(crypto: NonNullable<Environment["crypto"]>, token: string, host: string);
    proof(role: Role, serverNonce: string): Promise<string>;
}
export {};
