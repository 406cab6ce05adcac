// The bridge's events over the WebSocket (docs/websocket.md). The token is proved and never sent. Calls go over HTTP (api.js).
import { current } from "./i18n.js";
import { held } from "./api.js";

const FIRST_RETRY = 500;
const LAST_RETRY = 5000;

const bytes = new TextEncoder();

function base64url(buffer) {
  let text = "";
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function proof(token, role, ours, theirs, tokenId) {
  const secret = await crypto.subtle.digest("SHA-256", bytes.encode(token));
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const said = [`tillbridge proof 1 ${role}`, location.host.toLowerCase(), tokenId, ours, theirs].join("\n");
  return base64url(await crypto.subtle.sign("HMAC", key, bytes.encode(said)));
}

/** Follows the bridge until it is told to stop. `kinds`: of events; `heard(method, params)`, `line(up)`, `refused()`: the token is worth nothing. */
export class Events {
  constructor({ kinds, heard, line, refused }) {
    this.kinds = kinds;
    this.heard = heard;
    this.line = line;
    this.refused = refused;
    this.retry = FIRST_RETRY;
    this.after = null;
    this.epoch = null;
    this.stopped = false;
    this.connect();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/ws`);
    this.socket = socket;
    this.waiting = new Map();
    this.next = 1;
    socket.onopen = () => this.begin().catch(() => socket.close());
    socket.onmessage = (message) => this.take(JSON.parse(message.data));
    socket.onclose = (event) => this.closed(event.code);
  }

  ask(method, params) {
    const id = this.next++;
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  take(message) {
    const waiting = this.waiting.get(message.id);
    if (waiting) {
      this.waiting.delete(message.id);
      if (message.error) waiting.reject(message.error);
      else waiting.resolve(message.result);
      return;
    }
    if (message.method === "events.reset") {
      this.after = null;
      this.epoch = null;
      this.subscribe().catch(() => this.socket.close());
    }
    if (message.params?.seq) this.after = message.params.seq;
    if (message.method) this.heard(message.method, message.params);
  }

  async begin() {
    const { token, tokenId } = held();
    const nonce = base64url(crypto.getRandomValues(new Uint8Array(32)));
    const theirs = await this.ask("session.authenticate", { token_id: tokenId, nonce, lang: current() });
    if (theirs.proof !== (await proof(token, "server", nonce, theirs.nonce, tokenId))) return this.end();
    await this.ask("session.confirm", { proof: await proof(token, "client", nonce, theirs.nonce, tokenId) });
    await this.subscribe();
    this.retry = FIRST_RETRY;
    this.line(true);
  }

  async subscribe() {
    const { kinds } = this;
    const from = this.after === null ? {} : { after: this.after, epoch: this.epoch };
    let told;
    try {
      told = await this.ask("events.subscribe", { kinds, ...from });
    } catch {
      told = await this.ask("events.subscribe", { kinds }); // what was missed is read anew when the line is back
    }
    this.epoch = told.epoch;
    this.after ??= told.after;
  }

  closed(code) {
    for (const { reject } of this.waiting.values()) reject(new Error("closed"));
    this.waiting.clear();
    if (this.stopped) return;
    if (code === 4401 || code === 4403) return this.end();
    this.line(false);
    this.timer = setTimeout(() => this.connect(), this.retry);
    this.retry = Math.min(this.retry * 2, LAST_RETRY);
  }

  end() {
    this.stop();
    this.refused();
  }
}
