/** The mutual proof of docs/websocket.md: HMAC-SHA256 over five lines, keyed with the SHA-256 of the token. */

import type { Environment } from "./types.js";

type Role = "server" | "client";

export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** The id that stands in a token; the administrator's has none. */
export const tokenId = (token: string): string => /^tb[wnc]_([0-9a-f]{12})_/.exec(token)?.[1] ?? "admin";

export class Prover {
  readonly nonce: string;
  readonly id: string;

  constructor(
    private readonly crypto: NonNullable<Environment["crypto"]>,
    private readonly token: string,
    private readonly host: string,
  ) {
    this.nonce = base64url(crypto.getRandomValues(new Uint8Array(32)));
    this.id = tokenId(token);
  }

  async proof(role: Role, serverNonce: string): Promise<string> {
    const text = new TextEncoder();
    const subtle = this.crypto.subtle;
    const digest = await subtle.digest("SHA-256", text.encode(this.token));
    const key = await subtle.importKey("raw", digest, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const lines = [`tillbridge proof 1 ${role}`, this.host, this.id, this.nonce, serverNonce];
    return base64url(new Uint8Array(await subtle.sign("HMAC", key, text.encode(lines.join("\n")))));
  }
}
