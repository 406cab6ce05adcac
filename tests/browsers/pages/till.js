// A till in a page, as docs/api.md and docs/websocket.md tell how to make one. What becomes of it stands in `till`, for the test
// and for the page around it. Behind the # stands JSON: `address` (host:port), `secure`, `device`, `go` (begin at once).
"use strict";

const till = { state: "new", code: null, token: null, tokenId: null, sold: [], closed: null, failed: null };

const said = location.hash.length > 1 ? JSON.parse(decodeURIComponent(location.hash.slice(1))) : {};
const HTTP = `${said.secure ? "https" : "http"}://${said.address}/api/v1`;
const SOCKET = `${said.secure ? "wss" : "ws"}://${said.address}/api/v1/ws`;

function report(changes) {
  Object.assign(till, changes);
  document.getElementById("code").textContent = till.code || "";
  if (parent !== window) parent.postMessage({ till: JSON.parse(JSON.stringify(till)) }, "*"); // without its functions
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// One call over HTTP: its status and what the bridge said.
till.call = async (method, path, body, headers) => {
  const sent = { ...(headers || {}) };
  if (till.token !== null) sent["Authorization"] = `Bearer ${till.token}`;
  if (body !== undefined) sent["Content-Type"] = "application/json";
  const answer = await fetch(HTTP + path, { method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
};

till.use = (token, tokenId) => report({ token, tokenId, state: "paired" });

till.pair = async () => {
  const asked = await till.call("POST", "/pairing", {
    origin: location.origin,
    app_name: "Kasa",
    scopes: ["devices:read", "print", "fiscal", "payment"],
  });
  if (asked.status !== 202) throw new Error(asked.body.code);
  report({ state: "asks", code: asked.body.verification_code });
  for (;;) {
    const found = (await till.call("GET", `/pairing/${asked.body.pairing_id}`)).body;
    if (found.token) return till.use(found.token, found.token_id);
    if (found.state !== "pending") throw new Error(found.state);
    await pause(asked.body.poll_seconds * 1000);
  }
};

const receipt = (reference) => ({
  op: "receipt",
  currency: "PLN",
  reference,
  lines: [{ name: "Herbata", price: "10.00", vat: "23%" }],
});

till.sell = async (key) => {
  const path = `/devices/${said.device}/jobs`;
  const answer = await till.call("POST", path, receipt(key), { "Idempotency-Key": key, "Prefer": "wait=20" });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body.code}`);
  report({ sold: [...till.sold, { key, over: "http", job: answer.body.id, success: answer.body.success }] });
};

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

async function proof(role, clientNonce, serverNonce) {
  const text = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    await crypto.subtle.digest("SHA-256", text.encode(till.token)),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const lines = [`tillbridge proof 1 ${role}`, said.address, till.tokenId, clientNonce, serverNonce];
  return base64url(await crypto.subtle.sign("HMAC", key, text.encode(lines.join("\n"))));
}

// Opens the socket and the session on it; the bridge has to prove first that it knows the token.
till.connect = async () => {
  const socket = new WebSocket(SOCKET);
  const waiting = new Map();
  let last = 0;
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (!waiting.has(message.id)) return;
    waiting.get(message.id)(message);
    waiting.delete(message.id);
  };
  socket.onclose = (event) => {
    report({ closed: event.code });
    waiting.forEach((done) => done({ error: { message: `closed with ${event.code}` } }));
  };
  await new Promise((done, failed) => {
    socket.onopen = done;
    socket.onerror = () => failed(new Error("the socket does not open"));
  });
  const ask = async (method, params) => {
    const id = (last += 1);
    const answer = await new Promise((done) => {
      waiting.set(id, done);
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
    if (answer.error) throw new Error(answer.error.data ? answer.error.data.code : answer.error.message);
    return answer.result;
  };
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const server = await ask("session.authenticate", { token_id: till.tokenId, nonce });
  if (server.proof !== (await proof("server", nonce, server.nonce))) throw new Error("this is not our bridge");
  await ask("session.confirm", { proof: await proof("client", nonce, server.nonce) });
  report({ state: "connected" });
  till.ask = ask;
};

till.sellOverSocket = async (key) => {
  const job = await till.ask("devices.submit", { device: said.device, idempotency_key: key, wait: 20, ...receipt(key) });
  report({ sold: [...till.sold, { key, over: "socket", job: job.id, success: job.success }] });
};

// The whole of it. `failed` names the step that was not to be.
till.run = async () => {
  const steps = [
    ["ping", () => till.call("GET", "/ping")],
    ["pair", till.pair],
    ["sell", () => till.sell("order-1")],
    ["connect", till.connect],
    ["sell over the socket", () => till.sellOverSocket("order-1")],
    ["sell over the socket", () => till.sellOverSocket("order-2")],
  ];
  for (const [name, step] of steps) {
    try {
      await step();
    } catch (error) {
      return report({ state: "failed", failed: `${name}: ${error.name} ${error.message}` });
    }
  }
  return report({ state: "finished" });
};

window.till = till;
if (said.go) window.addEventListener("load", () => void till.run());
