// Events: each once and in order, over broken connections and restarts; and what is told where they cannot be had any more.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeBridge, jobOf, place, problem, SALE, till, until } from "./kit.mjs";

const shop = await place();
const { relay } = shop;

/** What a page hears. */
function listening(bridge) {
  const heard = { jobs: [], devices: [], connections: [] };
  bridge.on("job", (event) => heard.jobs.push(event));
  bridge.on("device", (event) => heard.devices.push(event));
  bridge.on("connection", (event) => heard.connections.push(event.state));
  return heard;
}

const short = (events) => events.map(({ seq, kind, job_id, state }) => [seq, kind, job_id, state]);

test("a page whose connection breaks again and again hears exactly what one hears that is never cut off", async () => {
  const whole = await till({ label: "events" });
  const cut = await till({ label: "events", url: relay.url });
  const [one, other] = [listening(whole.bridge), listening(cut.bridge)];
  const connected = () => other.connections.filter((state) => state === "connected").length;
  for (let number = 0; number < 12; number += 1) {
    await until(() => connected() >= Math.ceil(number / 3), "the next connection");
    const sale = whole.bridge.submit("d2", SALE);
    if (number % 3 === 0) relay.cut();
    if (number === 6) {
      await shop.say("restart");
    }
    await sale;
  }
  await until(() => one.jobs.filter((event) => event.state === "done").length === 12, "all sales");
  await until(() => other.jobs.length >= one.jobs.length, "as many events");
  assert.deepEqual(short(other.jobs), short(one.jobs));
  const seqs = one.jobs.map((event) => event.seq);
  assert.deepEqual(
    seqs,
    [...new Set(seqs)].sort((a, b) => a - b),
  );
  for (const id of new Set(one.jobs.map((event) => event.job_id)))
    assert.deepEqual(
      one.jobs.filter((event) => event.job_id === id).map((event) => event.state),
      ["queued", "running", "done"],
    );
  await until(() => connected() >= 4, "the last connection");
  whole.bridge.close();
  cut.bridge.close();
});

test("devices are told as they stand with each connection", async () => {
  const { bridge } = await till({ url: relay.url });
  const heard = listening(bridge);
  relay.cut();
  await until(() => heard.connections.includes("connected"), "the next connection");
  // Some of them may have been told with the first connection already, and once more with the next.
  const told = () => [...new Set(heard.devices.map((event) => event.device))].sort();
  await until(() => told().length >= 3, "three devices");
  assert.deepEqual(told(), ["d1", "d2", "till-1"]);
  bridge.close();
});

test("where events were thrown away meanwhile, every open outcome is told anew", async () => {
  const { bridge, storage, token } = await till({ url: relay.url });
  const first = await bridge.submit("d2", SALE);
  const heard = listening(bridge);
  await shop.say("stop");
  await until(() => heard.connections.includes("waiting"));
  await shop.say("start");
  await until(() => heard.connections.includes("connected"));
  assert.equal(heard.jobs.filter((event) => event.kind === "resync").length, 0, "a restart alone loses nothing");
  // Another page of this till sells while this one is away, and the events behind it are thrown away.
  relay.target = new URL("http://127.0.0.1:9"); // nobody
  relay.cut();
  const other = await till({ token });
  const second = await other.bridge.submit("d2", SALE);
  await shop.say("forget_events");
  relay.target = new URL(shop.url);
  await until(() => heard.jobs.filter((event) => event.kind === "resync").length === 2, "both outcomes");
  assert.deepEqual(
    heard.jobs
      .filter((event) => event.kind === "resync")
      .map((event) => event.job_id)
      .sort(),
    [first.job.id, second.job.id].sort(),
  );
  assert.ok(storage);
  bridge.close();
  other.bridge.close();
});

test("a reset in the middle of a connection is taken up behind the newest event, and the list of jobs read", async () => {
  const fake = await FakeBridge.open();
  fake.answers["jobs.list"] = () => {
    fake.notify("job.updated", { seq: 21, at: "", device: "d1", job_id: "job-2", state: "done", job: jobOf({ id: "job-2" }) });
    return { jobs: [jobOf(), jobOf({ id: "job-2", state: "running" })], next: null };
  };
  const { bridge } = await till({ url: fake.url, token: fake.token });
  const heard = listening(bridge);
  fake.notify("events.reset", { epoch: "epoch-1", pruned: 10, last: 20 });
  await until(() => heard.jobs.length >= 2);
  assert.deepEqual(fake.sent("events.subscribe").at(-1), { epoch: "epoch-1", after: 20 });
  assert.deepEqual(
    heard.jobs.map((event) => [event.kind, event.job_id, event.job.state]),
    [
      ["updated", "job-2", "done"],
      ["resync", "job-1", "done"],
    ],
    "what an event told already is not told again as it was before",
  );
  bridge.close();
  await fake.close();
});

for (const [name, gone] of [
  ["a connection begins with it", true],
  ["it comes in the middle of one", false],
])
  test(`the list of jobs that goes with lost events is read with the next connection where this one breaks: ${name}`, async () => {
    const fake = await FakeBridge.open();
    const { bridge } = await till({ url: fake.url, token: fake.token });
    const heard = listening(bridge);
    fake.answers["events.subscribe"] = ({ after }) => {
      if (gone && after < 20) throw problem("events.gone", { reason: "pruned", epoch: "epoch-1", pruned: 10, last: 20 });
      return { epoch: "epoch-1", after, last: 20 };
    };
    let lists = 0;
    fake.answers["jobs.list"] = () => {
      lists += 1;
      if (lists < 3) throw false; // it hangs up
      return { jobs: [jobOf()], next: null };
    };
    if (gone) fake.hangUp();
    else fake.notify("events.reset", { epoch: "epoch-1", pruned: 10, last: 20 });
    await until(() => heard.jobs.length > 0, "how the job stands");
    assert.deepEqual(
      heard.jobs.map((event) => [event.kind, event.job_id]),
      [["resync", "job-1"]],
    );
    fake.hangUp();
    const connected = () => heard.connections.filter((state) => state === "connected").length;
    const before = connected();
    await until(() => connected() > before, "the next connection");
    assert.equal(lists, 3, "once is enough");
    bridge.close();
    await fake.close();
  });

test("a page that may not list jobs is connected again behind lost events", async () => {
  const fake = await FakeBridge.open();
  const { bridge } = await till({ url: fake.url, token: fake.token });
  const heard = listening(bridge);
  fake.answers["jobs.list"] = () => {
    throw problem("gate.scope_missing");
  };
  fake.answers["events.subscribe"] = ({ after }) => {
    if (after < 20) throw problem("events.gone", { reason: "pruned", epoch: "epoch-1", pruned: 10, last: 20 });
    return { epoch: "epoch-1", after, last: 20 };
  };
  fake.hangUp();
  await until(() => heard.connections.at(-1) === "connected", "the next connection");
  assert.deepEqual(heard.connections, ["waiting", "connected"]);
  bridge.close();
  await fake.close();
});

test("events that come twice are told once, and a kind of a later version is no harm", async () => {
  const fake = await FakeBridge.open();
  const { bridge } = await till({ url: fake.url, token: fake.token });
  const heard = listening(bridge);
  const event = { at: "", device: "d1", job_id: "job-1", state: "done", job: jobOf() };
  fake.notify("weather.updated", {});
  for (const seq of [1, 2, 2, 1, 3]) fake.notify("job.updated", { ...event, seq });
  await until(() => heard.jobs.length === 3);
  assert.deepEqual(
    heard.jobs.map((one) => one.seq),
    [1, 2, 3],
  );
  fake.hangUp(1013);
  await until(() => fake.sent("events.subscribe").length === 2);
  assert.deepEqual(fake.sent("events.subscribe").at(-1), { epoch: "epoch-1", after: 3 });
  bridge.close();
  await fake.close();
});

test("a journal that began anew is listened to from its newest event on", async () => {
  const fake = await FakeBridge.open();
  const { bridge } = await till({ url: fake.url, token: fake.token });
  const heard = listening(bridge);
  let refused = false;
  fake.answers["events.subscribe"] = ({ after, epoch }) => {
    if (epoch !== "epoch-2") {
      refused = true;
      throw problem("events.gone", { reason: "other_journal", epoch: "epoch-2", pruned: 0, last: 5 });
    }
    return { epoch, after, last: 5 };
  };
  fake.answers["jobs.list"] = () => ({ jobs: [jobOf({ attention: { code: "x", text: "y", prompt_id: "1" } })], next: null });
  const prompts = [];
  bridge.on("prompt", (event) => prompts.push(event));
  fake.hangUp();
  await until(() => prompts.length === 1);
  assert.ok(refused);
  assert.equal(heard.jobs[0].kind, "resync");
  bridge.close();
  await fake.close();
});

test("a handler that throws costs nobody else the event, and is reported as any other mistake of the page", async () => {
  const fake = await FakeBridge.open();
  const { bridge } = await till({ url: fake.url, token: fake.token });
  const reported = [];
  const listeners = process.rawListeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => reported.push(error.message));
  const heard = [];
  bridge.on("device", () => {
    throw new Error("a mistake of the page");
  });
  const off = bridge.on("device", (event) => heard.push(event.device));
  fake.notify("device.updated", { device: "d1", status: null });
  await until(() => reported.length === 1);
  off();
  fake.notify("device.updated", { device: "d2", status: null });
  await until(() => reported.length === 2);
  assert.deepEqual([heard, reported[0]], [["d1"], "a mistake of the page"]);
  process.removeAllListeners("uncaughtException");
  for (const listener of listeners) process.on("uncaughtException", listener);
  bridge.close();
  await fake.close();
});
