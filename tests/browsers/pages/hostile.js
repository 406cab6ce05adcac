// All that a page without a token can throw at the bridge. Each outcome is what the page gets to know of it.
"use strict";

const JOB = JSON.stringify({ op: "receipt", currency: "PLN", lines: [{ name: "Fake", price: "1.00", vat: "23%" }] });

async function attack(address, token, pairing) {
  const api = `http://${address}/api/v1`;
  const jobs = `${api}/devices/till-1/jobs`;
  const bearer = { "Content-Type": "application/json", "Authorization": `Bearer ${token}`, "Idempotency-Key": "theft" };
  const post = (url, type, body, more) =>
    probe.fetch(url, { method: "POST", mode: "no-cors", headers: { "Content-Type": type }, body, ...more });
  const outcomes = {
    "read the devices": await probe.fetch(`${api}/devices`),
    "read the devices with a stolen token": await probe.fetch(`${api}/devices`, { headers: { "Authorization": `Bearer ${token}` } }),
    "sell with a stolen token": await probe.fetch(jobs, { method: "POST", headers: bearer, body: JOB }),
    "sell as plain text": await post(jobs, "text/plain", JOB),
    "sell as a form": await post(jobs, "application/x-www-form-urlencoded", JOB),
    "sell with cookies": await post(jobs, "text/plain", JOB, { credentials: "include" }),
    "sell by a beacon": probe.beacon(jobs),
    "sell by an image": await probe.image(`${jobs}?op=drawer.open`),
    "listen": await probe.socket(`ws://${address}/api/v1/ws`),
    "let itself in": await probe.fetch(`${api}/pairing/${pairing}/decision`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ decision: "approve", code: "000000" }),
    }),
    "let itself in as plain text": await post(`${api}/pairing/${pairing}/decision`, "text/plain", '{"decision":"approve"}'),
    "ask for the console": await post(`${api}/console/link`, "text/plain", "{}"),
    "read who waits": await probe.fetch(`${api}/pairing`),
    "frame the console": (void probe.frame(`http://${address}/console`), "sent"), // what a browser tells of it differs
    "run the console's script": await new Promise((done) => {
      const script = document.createElement("script");
      script.onload = () => done("loaded");
      script.onerror = () => done("error");
      script.src = `http://${address}/console/main.js`;
      document.head.append(script);
    }),
  };
  return outcomes;
}
