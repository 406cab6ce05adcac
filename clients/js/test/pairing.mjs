// Pairing with a real bridge: the code, the person, the token, reloads in between.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../dist/tillbridge.js";
import { FakeBridge, FakeStorage, hasty, page, place, until } from "./kit.mjs";

const shop = await place();
let shops = 0;

/** A page of an origin that nobody has paired yet, and what it remembers. */
function stranger() {
  shops += 1;
  const { environment, seen } = page({ origin: `https://shop-${shops}.example`, over: { clock: hasty } });
  const storage = new FakeStorage();
  const options = { app: "Kasa", url: shop.url, storage, environment };
  const tokens = () => [...storage.items.keys()].filter((key) => key.startsWith("tillbridge:token:")).length;
  return { options, storage, seen, tokens };
}

test("without pair an unpaired page is told so, and asks for nothing", async () => {
  const { options, seen } = stranger();
  await assert.rejects(connect(options), { kind: "not_paired" });
  assert.equal(seen.fetches.length, 1);
});

test("the code is shown, the person compares it, and from then on the page comes in by itself", async () => {
  const { options, tokens, seen } = stranger();
  const codes = [];
  const pair = { onCode: (code, seconds) => codes.push([code, seconds]) && shop.say("decide", { code, label: "till-1" }) };
  const bridge = await connect({ ...options, scopes: ["devices:read", "fiscal"], pair });
  assert.match(codes[0][0], /^\d{6}$/);
  assert.equal(codes[0][1], 120);
  assert.deepEqual(bridge.session.scopes, ["devices:read", "fiscal"]);
  assert.equal(bridge.session.label, "till-1");
  assert.equal(tokens(), 1);
  bridge.close();
  const before = seen.fetches.length;
  (await connect(options)).close();
  assert.equal(seen.fetches.length, before + 1, "a ping, and no pairing");
});

test("the till's label is part of the name that is approved", async () => {
  const { options } = stranger();
  const pair = { onCode: (code) => shop.say("decide", { code }) };
  const bridge = await connect({ ...options, label: "counter 2", pair });
  assert.equal(bridge.session.label, "Kasa counter 2");
  bridge.close();
});

test("a pairing that is refused is rejected", async () => {
  const { options, tokens } = stranger();
  const pair = { onCode: (code) => shop.say("decide", { code, approve: false }) };
  await assert.rejects(connect({ ...options, pair }), { kind: "rejected" });
  assert.equal(tokens(), 0);
});

test("a page that is loaded anew goes on with the code that is shown already", async () => {
  const { options } = stranger();
  const gone = new AbortController();
  const codes = [];
  const first = connect({ ...options, signal: gone.signal, pair: { onCode: (code) => codes.push(code) } });
  await until(() => codes.length === 1, "the code");
  gone.abort();
  await assert.rejects(first, { kind: "aborted" });
  const pair = { onCode: (code) => codes.push(code) && shop.say("decide", { code }) };
  (await connect({ ...options, pair })).close();
  assert.equal(codes[0], codes[1]);
});

test("a request that went with a restart of the bridge is put anew", async () => {
  const { options } = stranger();
  const gone = new AbortController();
  const codes = [];
  const first = connect({ ...options, signal: gone.signal, pair: { onCode: (code) => codes.push(code) } });
  await until(() => codes.length === 1, "the code");
  gone.abort();
  await assert.rejects(first, { kind: "aborted" });
  await shop.say("restart");
  const asked = [];
  const pair = { onCode: (code) => asked.push(code) && code !== codes[0] && shop.say("decide", { code }) };
  (await connect({ ...options, pair })).close();
  assert.equal(asked.length, 2);
});

test("storage that is absent or throws costs the pairing over a reload and nothing else", async () => {
  for (const storage of [
    null,
    Object.assign(new FakeStorage(), { broken: true }),
    Object.assign(new FakeStorage(), { full: true }),
  ]) {
    const { options } = stranger();
    const pair = { onCode: (code) => shop.say("decide", { code }) };
    (await connect({ ...options, storage, pair })).close();
    await assert.rejects(connect({ ...options, storage }), { kind: "not_paired" });
  }
});

test("a program that does not know the remembered token is not paired with, unless a person asks for it", async () => {
  const fake = await FakeBridge.open();
  const asked = [];
  fake.ping = (request) => {
    if (request.method !== "POST" && !request.url.includes("pairing")) return undefined;
    asked.push(request.method);
    if (request.method === "POST")
      return [202, { pairing_id: "p".repeat(32), verification_code: "123456", expires_in: 120, poll_seconds: 1 }];
    return [200, { state: "approved", expires_in: 9, token: fake.token, token_id: "a".repeat(12), scopes: [] }];
  };
  const storage = new FakeStorage();
  const { environment } = page({ over: { clock: hasty } });
  const options = { app: "Kasa", url: fake.url, storage, environment, pair: { onCode() {} } };
  (await connect(options)).close();
  asked.length = 0;
  fake.token = `${fake.token.slice(0, -1)}y`;
  await assert.rejects(connect(options), { kind: "impostor" });
  fake.instance = "instance-2";
  await assert.rejects(connect(options), { kind: "not_paired" });
  assert.deepEqual(asked, []);
  (await connect({ ...options, pair: { onCode() {}, again: true } })).close();
  assert.deepEqual(asked, ["POST", "GET"]);
  await fake.close();
});

test("a page whose origin nothing pairs any more is not_paired, which a socket alone does not tell", async () => {
  const { options, tokens } = stranger();
  const bridge = await connect({ ...options, pair: { onCode: (code) => shop.say("decide", { code }) } });
  const { token_id } = bridge.session;
  bridge.close();
  await shop.say("revoke", { id: token_id });
  // What a page of an origin that is not paired gets to see of a refusal: nothing.
  const { fetch } = options.environment;
  const blind = (url, init) =>
    url.endsWith("/session/proof") ? Promise.reject(new TypeError("Failed to fetch")) : fetch(url, init);
  const environment = { ...options.environment, fetch: blind };
  await assert.rejects(connect({ ...options, environment }), { kind: "not_paired" });
  assert.equal(tokens(), 1, "anybody could say so: it is not forgotten");
});
