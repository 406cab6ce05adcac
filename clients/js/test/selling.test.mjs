import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect } from "../dist/tillbridge.js";
import { FakeStorage, ORIGIN, page, place, SALE } from "./kit.mjs";

let shop;
before(async () => {
  shop = await place();
});
after(() => shop.close());

async function till(options = {}) {
  const { token } = await shop.say("token", { origin: ORIGIN, label: options.label ?? "kasa", aliases: { "@fiscal": "till-1" } });
  const storage = new FakeStorage();
  const { environment, seen } = page(options.page);
  const bridge = await connect({ app: "Kasa", url: shop.url, token, storage, environment, ...options.connect });
  return { bridge, storage, seen, token };
}

test("a receipt is printed once and told as done", async () => {
  const { bridge, storage } = await till();
  const before = (await shop.say("issued"))["till-1"].length;
  const outcome = await bridge.submit("@fiscal", { ...SALE, reference: "order-1" });
  assert.equal(outcome.status, "done");
  assert.equal(outcome.document.total, "9.00");
  assert.equal((await shop.say("issued"))["till-1"].length, before + 1);
  assert.equal(storage.jobs().length, 1);
  await bridge.collect(outcome);
  assert.equal(storage.jobs().length, 0);
  bridge.close();
});
