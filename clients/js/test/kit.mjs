// What the tests stand on: a real bridge with simulated devices (tests/clients/serve.py), a browser's surroundings as a test wants
// them, and a relay that breaks the line behind any message.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const ORIGIN = "https://shop.example";

const venv = join(ROOT, ".venv/bin/python");
export const PYTHON = process.env.TILLBRIDGE_PYTHON ?? (existsSync(venv) ? venv : "python3");

/** A bridge for a test file. `settings`: of its server. */
export async function place(settings = {}) {
  const directory = mkdtempSync(join(tmpdir(), "tillbridge-js-"));
  const child = spawn(PYTHON, ["-m", "tests.clients.serve", join(directory, "data"), "--settings", JSON.stringify(settings)], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const { url, control } = await new Promise((resolve, reject) => {
    lines.once("line", (line) => resolve(JSON.parse(line)));
    child.once("exit", (code) => reject(new Error(`the bridge ended with ${code}`)));
  });
  const say = async (name, given = {}) => {
    const answer = await fetch(`${control}/${name}`, { method: "POST", body: JSON.stringify(given) });
    if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
    return await answer.json();
  };
  const close = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.stdin.end();
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  return { url, say, close, child };
}

/** A browser's storage. `full`, `broken`: how it fails. */
export class FakeStorage {
  items = new Map();
  full = false;
  broken = false;
  #check() {
    if (this.broken) throw new Error("SecurityError");
  }
  get length() {
    this.#check();
    return this.items.size;
  }
  key(index) {
    this.#check();
    return [...this.items.keys()][index] ?? null;
  }
  getItem(key) {
    this.#check();
    return this.items.get(key) ?? null;
  }
  setItem(key, value) {
    this.#check();
    if (this.full) throw new Error("QuotaExceededError");
    this.items.set(key, String(value));
  }
  removeItem(key) {
    this.#check();
    this.items.delete(key);
  }
  jobs() {
    return [...this.items].filter(([key]) => key.startsWith("tillbridge:job:")).map(([, text]) => JSON.parse(text));
  }
}

/** The surroundings of a page of `origin`, as far as Node does not have them. `over` replaces parts. */
export function page({ origin = ORIGIN, permission = "granted", activated = true, frame, over = {} } = {}) {
  const seen = { fetches: [], sockets: [] };
  class PageSocket extends WebSocket {
    constructor(url, ...more) {
      if (more.length) throw new SyntaxError("a second argument is a subprotocol");
      super(url, { origin, perMessageDeflate: false });
      seen.sockets.push(url);
      // A real one closes without an `error` that nobody hears.
      this.on("error", () => {});
    }
  }
  const environment = {
    fetch: (url, init = {}) => {
      seen.fetches.push({ url, init });
      const headers = { ...init.headers, Origin: origin };
      const { targetAddressSpace, ...rest } = init;
      return fetch(url, { ...rest, headers });
    },
    WebSocket: PageSocket,
    location: { hostname: new URL(origin).hostname, origin },
    permission: async () => (typeof permission === "function" ? permission() : permission),
    activated: () => activated,
    frame: () => frame ?? { foreign: false, allowed: undefined },
    storage: () => undefined,
    language: "en",
    ...over,
  };
  return { environment, seen };
}

export const SALE = {
  op: "receipt",
  currency: "PLN",
  lines: [{ name: "Tea", quantity: "2", price: "4.50", vat: "23%" }],
};

/** Until it is true, or the promise of it. */
export async function until(condition, what = "it", seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what} did not come to be`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * A line to the bridge that counts WebSocket messages in both directions, and breaks behind the one that `breakBehind` names:
 * `{ from: "page" | "bridge", number, delivered }`. `delivered` false: that message is lost too. Other traffic passes.
 */
export class Relay {
  counts = { page: 0, bridge: 0 };
  plan = undefined;
  broken = 0;
  log = [];
  #sockets = new Set();

  static async to(url) {
    const relay = new Relay();
    const { hostname, port } = new URL(url);
    relay.server = net.createServer((near) => relay.#join(near, net.connect(Number(port), hostname)));
    await new Promise((resolve) => relay.server.listen(relay.port ?? 0, "127.0.0.1", resolve));
    relay.port = relay.server.address().port;
    relay.url = `http://127.0.0.1:${relay.port}`;
    return relay;
  }

  cut() {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close() {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #join(near, far) {
    const both = [near, far];
    const end = () => {
      for (const socket of both) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on("error", end);
      socket.on("close", end);
    }
    const carry = (from, source, target) => {
      const parse = frames((frame, text) => {
        if (text === undefined) return target.write(frame);
        const number = ++this.counts[from];
        this.log.push({ from, number, text });
        const { plan } = this;
        if (!plan || plan.from !== from || plan.number !== number) return target.write(frame);
        this.plan = undefined;
        this.broken += 1;
        if (plan.delivered) target.write(frame, () => target.end(() => end()));
        else end();
        return undefined;
      });
      source.on("data", parse);
    };
    carry("page", near, far);
    carry("bridge", far, near);
  }
}

/** Cuts a stream into HTTP heads and WebSocket frames. `take(bytes, text)`: the text of a text message, undefined for all else. */
function frames(take) {
  let rest = Buffer.alloc(0);
  let upgraded = false;
  let plain = false;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    if (!upgraded && !plain) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = rest.subarray(0, end + 4);
      if (!/upgrade: websocket/i.test(head.toString("latin1"))) plain = true;
      else {
        upgraded = true;
        take(head, undefined);
        rest = rest.subarray(end + 4);
      }
    }
    if (plain) {
      take(rest, undefined);
      rest = Buffer.alloc(0);
      return;
    }
    for (;;) {
      if (rest.length < 2) return;
      let size = rest[1] & 0x7f;
      let head = 2;
      if (size === 126) {
        if (rest.length < 4) return;
        size = rest.readUInt16BE(2);
        head = 4;
      } else if (size === 127) {
        if (rest.length < 10) return;
        size = Number(rest.readBigUInt64BE(2));
        head = 10;
      }
      const masked = (rest[1] & 0x80) !== 0;
      if (masked) head += 4;
      if (rest.length < head + size) return;
      const frame = Buffer.from(rest.subarray(0, head + size));
      rest = rest.subarray(head + size);
      let text;
      if ((frame[0] & 0x0f) === 1) {
        const payload = Buffer.from(frame.subarray(head));
        if (masked) for (let index = 0; index < payload.length; index += 1) payload[index] ^= frame[head - 4 + (index % 4)];
        text = payload.toString("utf8");
      }
      take(frame, text);
    }
  };
}
