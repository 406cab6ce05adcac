// First contact, the browser's permission, and who it is that answers. What browsers really do is tested with real ones
// (tests/browsers); here is what the client makes of what they say.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { connect } from "../dist/tillbridge.js";
import { FakeBridge, FakeStorage, ORIGIN, PlayedClock, page, place, problem, SALE, settled, till, until } from "./kit.mjs";

const shop = await place();

const attempt = (options, surroundings) => {
  const { environment, seen } = page(surroundings);
  return { seen, result: connect({ app: "Kasa", url: shop.url, storage: null, environment, ...options }) };
};

/** What a browser does to a request that it does not let through, and to one to a closed port. */
const failing = async () => {
  throw new TypeError("Failed to fetch");
};

test("with the permission denied nothing is sent, and the person is told where to change it", async () => {
  const { seen, result } = attempt({}, { permission: "denied" });
  await assert.rejects(result, (error) => error.kind === "blocked" && /settings/.test(error.remedy));
  assert.deepEqual([seen.fetches, seen.sockets], [[], []]);
});

test("while the browser would ask, nothing is sent without a click", async () => {
  const { seen, result } = attempt({}, { permission: "prompt", activated: false });
  await assert.rejects(result, { kind: "needs_gesture" });
  assert.deepEqual([seen.fetches, seen.sockets], [[], []]);
});

for (const [name, options, surroundings] of [
  ["a click", {}, { permission: "prompt", activated: true }],
  ["gesture: skip", { gesture: "skip" }, { permission: "prompt", activated: false }],
  ["a browser that knows no such permission", {}, { permission: "unknown", activated: false }],
]) {
  test(`with ${name} it connects, although the permission never reads granted`, async () => {
    const { token } = await shop.say("token", { origin: ORIGIN });
    const { seen, result } = attempt({ token, ...options }, surroundings);
    (await result).close();
    assert.equal(seen.fetches.length, 1);
    const [{ url, init }] = seen.fetches;
    assert.equal(url, `${shop.url}/api/v1/ping`);
    assert.equal(init.targetAddressSpace, "loopback");
    assert.equal(init.headers, undefined, "a header of one's own costs a preflight");
    assert.deepEqual(seen.sockets, [`${shop.url.replace("http", "ws")}/api/v1/ws`]);
  });
}

test("a page of this computer needs no permission, and none is asked for", async () => {
  const origin = "http://localhost:8080";
  const { token } = await shop.say("token", { origin });
  const asked = [];
  const permission = () => asked.push("asked") && "denied";
  (await attempt({ token }, { origin, permission, activated: false }).result).close();
  assert.deepEqual(asked, []);
});

test("only the loopback is called loopback: a wrong word would fail in Chromium", async () => {
  const seen = [];
  const over = { fetch: async (_url, init) => seen.push(init.targetAddressSpace) && failing() };
  await assert.rejects(attempt({ url: "https://till.example:47812" }, { over, permission: "denied" }).result, {
    kind: "not_running",
  });
  assert.deepEqual(seen, [undefined]);
});

test("a page that is not https is told so before anything is sent", async () => {
  const { seen, result } = attempt({}, { over: { crypto: undefined } });
  await assert.rejects(result, (error) => error.kind === "insecure_page" && /https/.test(error.message));
  assert.deepEqual(seen.fetches, []);
});

for (const [name, frame, permission] of [
  ["that the browser tells of", { foreign: true, allowed: false }, "granted"],
  ["that it only denies", { foreign: true, allowed: undefined }, "denied"],
]) {
  test(`a frame of another site without allow, ${name}, is told the attribute`, async () => {
    const { seen, result } = attempt({}, { frame, permission });
    await assert.rejects(
      result,
      (error) => error.kind === "blocked" && /allow="loopback-network"/.test(error.message + error.remedy),
    );
    assert.deepEqual(seen.fetches, []);
  });
}

test("a page whose own header forbids it is told the header", async () => {
  const { result } = attempt({}, { frame: { foreign: false, allowed: false } });
  await assert.rejects(result, (error) => error.kind === "blocked" && /Permissions-Policy/.test(error.message));
});

test("a frame that was given the permission connects", async () => {
  const { token } = await shop.say("token", { origin: ORIGIN });
  (await attempt({ token }, { frame: { foreign: true, allowed: true } }).result).close();
});

test("nobody there is not_running, after 127.0.0.1 and then localhost were tried", async () => {
  const seen = [];
  const over = { fetch: async (url) => seen.push(new URL(url).host) && failing() };
  await assert.rejects(attempt({ url: undefined }, { over }).result, { kind: "not_running" });
  assert.deepEqual(seen, ["127.0.0.1:47811", "localhost:47811"]);
});

test("what fails and reads denied afterwards is blocked, and is not tried a second time", async () => {
  let state = "prompt";
  let calls = 0;
  const over = {
    fetch: async () => {
      calls += 1;
      state = "denied";
      return await failing();
    },
  };
  await assert.rejects(attempt({ url: undefined }, { over, permission: () => state }).result, { kind: "blocked" });
  assert.equal(calls, 1);
});

test("a question that was sent away is not put again for the other name of the same computer", async () => {
  const clock = new PlayedClock();
  let calls = 0;
  const over = {
    clock,
    fetch: async () => {
      calls += 1;
      clock.time += 4_000; // the person reads it
      return await failing();
    },
  };
  await assert.rejects(attempt({ url: undefined }, { over, permission: "prompt" }).result, { kind: "blocked" });
  assert.equal(calls, 1);
});

test("while a person reads the browser's question, it waits for five minutes and sends nothing beside", async () => {
  const clock = new PlayedClock();
  const asked = [];
  const over = {
    clock,
    fetch: (url, init) =>
      new Promise((_, reject) => {
        asked.push(url);
        init.signal.addEventListener("abort", () => reject(new TypeError("aborted")));
      }),
  };
  const { result } = attempt({ url: undefined }, { over, permission: "prompt" });
  let ended;
  result.catch((error) => {
    ended = error;
  });
  await settled();
  await clock.pass(309_000);
  assert.equal(ended, undefined);
  assert.equal(asked.length, 1);
  await clock.pass(2_000);
  assert.equal(ended.kind, "blocked");
  assert.equal(asked.length, 1);
});

test("another program on the port is no bridge", async () => {
  const other = createServer((_, response) => response.end("<h1>It works!</h1>"));
  await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { result } = attempt({ url: `http://127.0.0.1:${other.address().port}` });
  await assert.rejects(result, (error) => error.kind === "not_running" && /another program/i.test(error.message));
  other.close();
});

for (const code of ["gate.wrong_session", "gate.session_unknown"]) {
  test(`${code} at the first contact is wrong_session`, async () => {
    const fake = await FakeBridge.open();
    fake.ping = () => [403, problem(code, { remedy: "Use your own." })];
    await assert.rejects(attempt({ url: fake.url }).result, { kind: "wrong_session", remedy: "Use your own." });
    await fake.close();
  });

  test(`${code} behind the proofs is wrong_session`, async () => {
    const fake = await FakeBridge.open();
    fake.answers["session.confirm"] = () => {
      throw problem(code);
    };
    await assert.rejects(attempt({ url: fake.url, token: fake.token }).result, { kind: "wrong_session" });
    await fake.close();
  });
}

test("an impostor gets neither the token nor a proof that it could use", async () => {
  const fake = await FakeBridge.open();
  const { token } = await shop.say("token", { origin: ORIGIN });
  const { result } = attempt({ url: fake.url, token });
  await assert.rejects(result, { kind: "impostor" });
  assert.deepEqual(
    fake.seen.map((one) => one.method),
    ["session.authenticate"],
  );
  assert.ok(!JSON.stringify(fake.seen).includes(token.slice(17)));
  await fake.close();
});

test("an impostor that passes everything on to the real bridge gets no further", async () => {
  // The address is signed: the bridge behind it was called by another one.
  const seen = [];
  const between = createServer(async (request, response) => {
    const answer = await fetch(shop.url + request.url);
    response.end(await answer.text());
  });
  const { WebSocket, WebSocketServer } = await import("ws");
  const sockets = new WebSocketServer({ server: between });
  sockets.on("connection", (near) => {
    const far = new WebSocket(`${shop.url.replace("http", "ws")}/api/v1/ws`, { origin: ORIGIN });
    const early = [];
    near.on("message", (data) => {
      seen.push(JSON.parse(data).method);
      if (far.readyState === WebSocket.OPEN) far.send(String(data));
      else early.push(String(data));
    });
    far.on("open", () => {
      for (const text of early) far.send(text);
    });
    far.on("message", (data) => near.send(String(data)));
    far.on("error", () => {});
    near.on("close", () => far.terminate());
  });
  await new Promise((resolve) => between.listen(0, "127.0.0.1", resolve));
  const { token } = await shop.say("token", { origin: ORIGIN });
  await assert.rejects(attempt({ url: `http://127.0.0.1:${between.address().port}`, token }).result, { kind: "impostor" });
  assert.deepEqual(seen, ["session.authenticate"]);
  for (const client of sockets.clients) client.terminate();
  between.closeAllConnections();
  between.close();
});

test("an impostor that takes the port while the bridge is away gets nothing either, and the bridge is found again", async () => {
  const fake = await FakeBridge.open();
  const { bridge } = await till({ url: fake.url, token: fake.token });
  const states = [];
  bridge.on("connection", (event) => states.push(event));
  const right = fake.token;
  fake.token = `${right.slice(0, -1)}y`;
  fake.seen.length = 0;
  fake.hangUp();
  await until(() => states.find((event) => event.error?.kind === "impostor"), "the impostor is noticed");
  assert.deepEqual([...new Set(fake.seen.map((one) => one.method))], ["session.authenticate"]);
  fake.token = right;
  await until(() => states.at(-1).state === "connected", "the bridge is back");
  bridge.close();
  await fake.close();
});

test("a token that is taken back ends the connection, is forgotten, and the outcome is told to be unknown", async () => {
  const storage = new FakeStorage();
  const { environment } = page();
  const connecting = connect({
    app: "Kasa",
    url: shop.url,
    storage,
    environment,
    pair: { onCode: (code) => shop.say("decide", { code }) },
  });
  const bridge = await connecting;
  const states = [];
  bridge.on("connection", (event) => states.push(event));
  await shop.say("behave", { hold: true });
  const first = bridge.submit("d1", SALE, { wait: 20 });
  await until(() => storage.jobs().some((sent) => sent.job), "the job");
  await shop.say("token", { origin: ORIGIN }); // so that the origin is still let in
  await shop.say("revoke", { id: bridge.session.token_id });
  await until(() => states.at(-1)?.state === "closed", "the end");
  await shop.say("behave");
  assert.equal(states.at(-1).error.kind, "not_paired");
  assert.ok(![...storage.items.keys()].some((key) => key.startsWith("tillbridge:token:")));
  assert.equal((await first).status, "waiting");
  const second = await bridge.submit("d1", SALE);
  assert.equal(second.status, "refused", "it was never sent");
  assert.equal(storage.jobs().length, 1);
});

test("a signal ends connecting", async () => {
  const gone = new AbortController();
  const over = {
    fetch: (_, init) => new Promise((_, reject) => init.signal.addEventListener("abort", () => reject(new TypeError()))),
  };
  const { result } = attempt({ signal: gone.signal }, { over });
  setTimeout(() => gone.abort());
  await assert.rejects(result, { kind: "aborted" });
});
