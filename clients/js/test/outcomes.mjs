// Every outcome, from a real bridge.
import assert from "node:assert/strict";
import { test } from "node:test";
import { page, place, SALE, till, until } from "./kit.mjs";

const shop = await place();

test("a refused document names the field and stores nothing anywhere", async () => {
  const { bridge, storage } = await till();
  const before = await shop.count("till-1");
  const outcome = await bridge.submit("@fiscal", { ...SALE, total: "9.50" });
  assert.equal(outcome.status, "refused");
  assert.equal(outcome.fate, "not_issued");
  assert.equal(outcome.problem.code, "request.invalid");
  assert.equal(outcome.problem.errors[0].field, "total");
  assert.deepEqual(storage.jobs(), []);
  assert.equal(await shop.count("till-1"), before);
  bridge.close();
});

test("a receipt is printed once, told as done, remembered until it is collected", async () => {
  const { bridge, storage } = await till();
  const before = await shop.count("till-1");
  const outcome = await bridge.device("@fiscal").submit({ ...SALE, reference: "order-1" });
  assert.equal(outcome.status, "done");
  assert.equal(outcome.document.total, "9.00");
  assert.equal(await shop.count("till-1"), before + 1);
  assert.deepEqual(
    storage.jobs().map((sent) => [sent.key, sent.job, sent.told]),
    [[outcome.key, outcome.job.id, true]],
  );
  assert.deepEqual(
    (await bridge.resume()).map((one) => one.job.id),
    [outcome.job.id],
  );
  await bridge.collect(outcome);
  assert.deepEqual(storage.jobs(), []);
  assert.deepEqual(await bridge.resume(), []);
  bridge.close();
});

test("ack by the job's id forgets the operation as well", async () => {
  const { bridge, storage } = await till();
  const outcome = await bridge.submit("d1", SALE);
  assert.equal(storage.jobs().length, 1);
  assert.equal((await bridge.ack(outcome.job.id)).collected, true);
  assert.deepEqual(storage.jobs(), []);
  bridge.close();
});

test("a declined card is told apart from an approved one", async () => {
  const { bridge } = await till();
  const pay = { op: "payment.purchase", amount: "10.00", currency: "PLN" };
  await shop.say("behave", { as: "declined" });
  const declined = await bridge.submit("d1", pay);
  assert.equal(declined.status, "declined");
  assert.equal(declined.payment.outcome, "declined");
  await shop.say("behave", { as: "approved" });
  const approved = await bridge.submit("d1", pay);
  assert.equal(approved.status, "done");
  assert.equal(approved.payment.approved, "10.00");
  assert.equal(approved.document, null);
  await shop.say("behave", { as: "" });
  bridge.close();
});

test("a drawer that does not confirm is unconfirmed", async () => {
  const { bridge } = await till();
  await shop.say("behave", { as: "unconfirmed" });
  assert.equal((await bridge.submit("d1", { op: "drawer.open" })).status, "unconfirmed");
  await shop.say("behave", { as: "" });
  assert.equal((await bridge.submit("d1", { op: "drawer.open" })).status, "done");
  bridge.close();
});

test("what the device refuses has failed, with its own code and what is to be done", async () => {
  const { bridge } = await till();
  await shop.say("behave", { refuse: "2005" });
  const outcome = await bridge.submit("d1", SALE);
  await shop.say("behave");
  assert.equal(outcome.status, "failed");
  assert.equal(outcome.fate, "not_issued");
  assert.equal(outcome.error.code, "device.rejected");
  assert.equal(outcome.error.device_code, "2005");
  bridge.close();
});

test("where only a person can tell, the till hears so at once, and afterwards what the person said", async () => {
  const { bridge } = await till();
  await shop.say("behave", { lose: "issue", recoveries: ["operator"] });
  const seen = [];
  const outcome = await bridge.submit("d1", SALE, { wait: 20, onChange: (change) => seen.push(change.status) });
  assert.equal(outcome.status, "unresolved");
  assert.equal(outcome.attention.code, "resolve");
  assert.ok(seen.includes("unresolved"));
  await shop.say("resolve", { job: outcome.job.id, verdict: "issued" });
  const [told] = await bridge.resume();
  assert.equal(told.status, "done");
  assert.equal(told.key, outcome.key);
  bridge.close();
});

test("a sale is told to be on its way, however soon it ends", async () => {
  const before = await shop.count("d1");
  const { environment } = page();
  // What the page asks of the job waits until that is out.
  class Slow extends environment.WebSocket {
    send(message) {
      if (message.includes('"jobs.get"'))
        void until(async () => (await shop.count("d1")) > before, "the sale").then(() => super.send(message));
      else super.send(message);
    }
  }
  const { bridge } = await till({ over: { WebSocket: Slow } });
  const seen = [];
  const outcome = await bridge.submit("d1", SALE, { onChange: (change) => seen.push(change.status) });
  assert.equal(outcome.status, "done");
  assert.equal(seen[0], "waiting");
  bridge.close();
});

test("an answer that the device lost is found out without the till's help", async () => {
  const { bridge } = await till();
  const before = await shop.count("d1");
  await shop.say("behave", { lose: "issue" });
  const outcome = await bridge.submit("d1", SALE);
  assert.equal(outcome.status, "done");
  assert.equal(await shop.count("d1"), before + 1);
  bridge.close();
});

test("a question is shown, answered, and the job goes on", async () => {
  const { bridge } = await till();
  await shop.say("behave", { as: "ask" });
  const prompts = [];
  bridge.on("prompt", (event) => event.attention && prompts.push(event));
  let answered;
  const outcome = await bridge.submit("d1", SALE, {
    wait: 20,
    onChange(change) {
      if (change.status === "waiting" && change.prompt && !answered)
        answered = bridge.answer(change.job.id, change.prompt.prompt_id, change.prompt.choices[0].code);
    },
  });
  assert.equal(outcome.status, "done");
  const job = await answered;
  assert.equal(job.id, outcome.job.id);
  assert.equal(prompts.length, 1);
  assert.equal(prompts[0].attention.text, "Is the signature right?");
  // The same answer again, as after a lost one, is no error; one to a question that never was is.
  assert.equal((await bridge.answer(outcome.job.id, prompts[0].attention.prompt_id, "yes")).id, outcome.job.id);
  await assert.rejects(bridge.answer("01J00000000000000000000000", "1", "yes"), { kind: "refused" });
  bridge.close();
});

test("what does not end in time is waiting, and resume tells how it ended", async () => {
  const { bridge } = await till();
  await shop.say("behave", { hold: true });
  const outcome = await bridge.submit("d1", SALE, { wait: 0.5 });
  assert.equal(outcome.status, "waiting");
  const again = bridge.resume({ wait: 20 });
  await shop.say("behave");
  const [told] = await again;
  assert.equal(told.status, "done");
  assert.equal(told.job.id, outcome.job.id);
  bridge.close();
});

test("a queued job is aborted, and nothing was issued", async () => {
  const { bridge } = await till();
  await shop.say("behave", { hold: true });
  const before = await shop.count("d1");
  const first = await bridge.submit("d1", SALE, { wait: 0 });
  const outcome = bridge.submit("d1", SALE, { wait: 20 });
  const second = await until(
    async () => (await bridge.jobs({ device: "d1" })).jobs.find((job) => !job.collected && job.id > first.job.id),
    "the second job",
  );
  assert.equal(await bridge.abort(second.id), "requested");
  const aborted = await outcome;
  assert.equal(aborted.status, "failed");
  assert.equal(aborted.error.code, "request.aborted");
  await shop.say("behave");
  await until(async () => (await bridge.job(first.job.id)).state === "done", "the first job");
  assert.equal(await shop.count("d1"), before + 1);
  bridge.close();
});

test("a key of another request and a reference that is used are refused, naming the first job", async () => {
  const { bridge } = await till();
  const first = await bridge.submit("d1", { ...SALE, reference: "twice" }, { key: "key-1" });
  const reused = await bridge.submit("d1", { ...SALE, reference: "other" }, { key: "key-1" });
  assert.equal(reused.status, "refused");
  assert.equal(reused.problem.code, "request.key_reused");
  assert.equal(reused.problem.job, first.job.id);
  const duplicate = await bridge.submit("d1", {
    ...SALE,
    reference: "twice",
    lines: [{ name: "Milk", price: "1.00", vat: "23%" }],
  });
  assert.equal(duplicate.status, "refused");
  assert.equal(duplicate.problem.code, "request.duplicate_reference");
  assert.equal(duplicate.problem.job, first.job.id);
  const same = await bridge.submit("d1", { ...SALE, reference: "twice" }, { key: "key-1" });
  assert.equal(same.job.id, first.job.id);
  bridge.close();
});

test("a call that is refused throws the problem, and a submit that is no operation a TypeError", async () => {
  const { bridge } = await till();
  await assert.rejects(bridge.job("nobody"), (error) => error.kind === "refused" && error.problem.code === "request.not_found");
  await assert.rejects(bridge.device("nobody").status(), { kind: "refused" });
  await assert.rejects(bridge.submit("d1", {}), TypeError);
  await assert.rejects(bridge.submit("d1", { ...SALE, device: "d2" }), TypeError);
  bridge.close();
});

test("payments are listed by outcome, and one is asked about again", async () => {
  const { bridge } = await till();
  const paid = await bridge.submit("d1", { op: "payment.purchase", amount: "5.00", currency: "PLN", reference: "card-1" });
  const sold = await bridge.submit("d1", SALE);
  assert.deepEqual(
    (await bridge.payments({ reference: "card-1", from: "2020-01-01T00:00:00Z" })).payments.map((one) => one.id),
    [paid.job.id],
  );
  assert.deepEqual((await bridge.payments({ outcome: "reversed,declined" })).payments, []);
  assert.equal((await bridge.refresh(paid.job.id, 5)).id, paid.job.id);
  await assert.rejects(bridge.refresh(sold.job.id), (error) => error.problem.code === "request.not_found");
  bridge.close();
});

test("devices, status, a preview and the paper are there", async () => {
  const { bridge } = await till();
  assert.deepEqual((await bridge.devices()).map((one) => one.id).sort(), ["d1", "d2", "till-1"]);
  assert.equal((await bridge.device("@fiscal").get()).family, "posnet");
  assert.equal((await bridge.device("@fiscal").status()).device, "till-1");
  assert.match((await bridge.device("@fiscal").preview(SALE)).text, /Tea/);
  assert.deepEqual(bridge.session.aliases, { "@fiscal": "till-1" });
  const sold = await bridge.submit("@fiscal", SALE);
  assert.match(await bridge.receipt(sold.job.id), /^<svg /);
  assert.match(await bridge.receipt(sold.job.id, "text"), /Tea/);
  bridge.close();
});
