// What the tests stand on: a real bridge with simulated devices (tests/clients/serve.py), a browser's surroundings as a test wants
// them, and a relay that breaks the line behind any message.
import { spawn } from "node:child_process";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { WebSocket, WebSocketServer } from "ws";
import { connect } from "../dist/tillbridge.js";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const ORIGIN = "https://shop.example";

const venv = join(ROOT, ".venv/bin/python");
export const PYTHON = process.env.TILLBRIDGE_PYTHON ?? (existsSync(venv) ? venv : "python3");

/** These tests ask as often as the machine lets them; how often a page may is another test's matter. */
const UNLIMITED = { pings_at_once: 1e6, strangers_at_once: 1e6, proofs_at_once: 1e6, calls_at_once: 1e6 };

/** The one bridge of all tests, started by the first that asks; `relay` is a second way to it, which can break. */
let started;
export const place = () => {
  started ??= start();
  return started;
};
const bridges = new Set();
after(async () => {
  for (const bridge of bridges) bridge.close(); // of tests that failed
  if (started) await (await started).close();
});

async function start() {
  const relay = await Relay.listening();
  const directory = mkdtempSync(join(tmpdir(), "tillbridge-js-"));
  const settings = { extra_hosts: [`127.0.0.1:${relay.port}`, "127.0.0.1:47811"], ...UNLIMITED };
  const child = spawn(PYTHON, ["-m", "tests.clients.serve", join(directory, "data"), "--settings", JSON.stringify(settings)], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const { url, control } = await new Promise((resolve, reject) => {
    lines.once("line", (line) => resolve(JSON.parse(line)));
    child.once("exit", (code) => reject(new Error(`the bridge ended with ${code}`)));
  });
  relay.target = new URL(url);
  const say = async (name, given = {}) => {
    const answer = await fetch(`${control}/${name}`, { method: "POST", body: JSON.stringify(given) });
    if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
    return await answer.json();
  };
  /** How many documents this device has issued. */
  const count = async (device) => (await say("issued"))[device].length;
  const close = async () => {
    await relay.close();
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.stdin.end();
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  return { url, say, count, close, relay };
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

/** Time at a run: pauses between tries are a fortieth; time limits, which are long, stay what they are. */
export const hasty = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(resolve, milliseconds <= 5000 ? milliseconds / 40 : milliseconds);
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
      return undefined;
    }),
};

/** Time that goes on when the test says so. */
export class PlayedClock {
  time = Date.now();
  #sleepers = new Set();
  now = () => this.time;
  random = () => 0.5;
  sleep = (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper = { at: this.time + milliseconds, resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        resolve();
      });
      return undefined;
    });

  /** Whether somebody sleeps who wakes in so many milliseconds. */
  sleeps = (milliseconds) => [...this.#sleepers].some((one) => one.at === this.time + milliseconds);

  /** So many milliseconds later. */
  async pass(milliseconds) {
    const end = this.time + milliseconds;
    for (;;) {
      const next = [...this.#sleepers].filter((one) => one.at <= end).sort((one, other) => one.at - other.at)[0];
      if (!next) break;
      this.time = Math.max(this.time, next.at);
      this.#sleepers.delete(next);
      next.resolve();
      await settled();
    }
    this.time = end;
    await settled();
  }
}

/** Everything that can go on by itself has. */
export const settled = () =>
  new Promise((resolve) => setTimeout(resolve, 0)).then(() => new Promise((resolve) => setTimeout(resolve, 0)));

const b64 = (bytes) => Buffer.from(bytes).toString("base64url");

/**
 * A program that behaves like a bridge as far as a test needs it, and answers as no bridge would be made to. `token`: what it knows;
 * a wrong one makes it an impostor. `answers`: by method, a function of the params; it throws a problem to refuse, or `false` to hang up.
 */
export class FakeBridge {
  token = `tbw_${"a".repeat(12)}_${"x".repeat(43)}`;
  epoch = "epoch-1";
  instance = "instance-1";
  seen = [];
  answers = {};
  handshake = true;
  ping = undefined;

  static async open() {
    const fake = new FakeBridge();
    fake.http = createServer((request, response) => fake.#http(request, response));
    fake.sockets = new WebSocketServer({ noServer: true });
    fake.http.on("upgrade", (request, socket, head) => {
      if (!fake.handshake) return socket.destroy();
      return fake.sockets.handleUpgrade(request, socket, head, (client) => fake.#serve(client, request.headers.host));
    });
    await new Promise((resolve) => fake.http.listen(0, "127.0.0.1", resolve));
    fake.url = `http://127.0.0.1:${fake.http.address().port}`;
    return fake;
  }

  hangUp(code) {
    for (const client of this.sockets.clients) code ? client.close(code, "by the test") : client.terminate();
  }

  notify(method, params) {
    for (const client of this.sockets.clients) client.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }

  async close() {
    this.hangUp();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  #http(request, response) {
    const answer = this.ping?.(request) ?? [200, { name: "tillbridge", version: "1", instance_id: this.instance }];
    response.writeHead(answer[0], { "Content-Type": "application/json" });
    response.end(typeof answer[1] === "string" ? answer[1] : JSON.stringify(answer[1]));
  }

  #serve(client, host) {
    const proof = (role, id, theirs, ours) =>
      b64(
        createHmac("sha256", createHash("sha256").update(this.token).digest())
          .update([`tillbridge proof 1 ${role}`, host, id, theirs, ours].join("\n"))
          .digest(),
      );
    const own = {
      "session.authenticate": ({ token_id, nonce }) => {
        const ours = b64(randomBytes(32));
        return { nonce: ours, proof: proof("server", token_id, nonce, ours) };
      },
      "session.confirm": () => ({
        principal: "p",
        label: "l",
        epoch: this.epoch,
        instance_id: this.instance,
        version: "1",
        limits: { message: 10_000 },
      }),
      "session.get": () => ({ token_id: "a", kind: "web", principal: "p", label: "l", scopes: [], devices: null, aliases: {} }),
      "session.ping": () => ({}),
      "events.subscribe": ({ after }) => ({ epoch: this.epoch, after: after ?? 0, last: after ?? 0 }),
    };
    client.on("error", () => {});
    client.on("message", (data) => {
      const { id, method, params } = JSON.parse(data);
      this.seen.push({ method, params });
      try {
        const result = (this.answers[method] ?? own[method])(params);
        if (result !== undefined) client.send(JSON.stringify({ jsonrpc: "2.0", id, result }));
      } catch (problem) {
        if (problem === false) client.terminate();
        else if (typeof problem?.code !== "string") throw problem;
        else client.send(JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32000, message: problem.detail, data: problem } }));
      }
    });
  }

  sent(method) {
    return this.seen.filter((one) => one.method === method).map(({ params }) => params);
  }
}

export const problem = (code, more = {}) => ({
  type: "",
  title: code,
  status: 400,
  code,
  detail: `${code}.`,
  remedy: "",
  retry: "never",
  errors: [],
  ...more,
});

export const jobOf = (more = {}) => ({
  id: "job-1",
  device: "d1",
  op: "receipt",
  class: "document",
  state: "done",
  success: true,
  reference: null,
  attention: null,
  queue_position: null,
  result: { document: { number: "1", total: "9.00" }, payment: null },
  error: null,
  collected: false,
  ...more,
});

/** A page that is connected to `url` with a token of its own, or the given one. */
let tills = 0;
export async function till({
  url,
  token,
  storage = new FakeStorage(),
  clock = hasty,
  label = `till ${++tills}`,
  connect: more = {},
  ...rest
} = {}) {
  const shop = await place();
  const made = token ? { token } : await shop.say("token", { origin: ORIGIN, label, aliases: { "@fiscal": "till-1" } });
  const { environment, seen } = page({ ...rest, over: { clock, ...rest.over } });
  const bridge = await connect({ app: "Kasa", url: url ?? shop.url, token: made.token, storage, environment, ...more });
  bridges.add(bridge);
  return { bridge, storage, seen, environment, ...made };
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

  static async listening() {
    const relay = new Relay();
    relay.server = net.createServer((near) => relay.#join(near, net.connect(Number(relay.target.port), relay.target.hostname)));
    await new Promise((resolve) => relay.server.listen(0, "127.0.0.1", resolve));
    relay.port = relay.server.address().port;
    relay.url = `http://127.0.0.1:${relay.port}`;
    return relay;
  }

  /** Count anew; break where it is told. `also`: what else happens in that moment. */
  expect(plan) {
    this.counts = { page: 0, bridge: 0 };
    this.log = [];
    this.broken = 0;
    this.plan = plan;
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
        plan.also?.();
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
