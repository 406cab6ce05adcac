// A till that speaks to the bridge through the client file and through nothing else. What becomes of it stands in `till`, for the
// test and for the page around it. Behind the # stands JSON: `url`, `options` of connect, and `go`, the steps that it takes by
// itself: [["connect"], ["sell", "order-1"]].
import { connect } from "/tillbridge.js";

const said = location.hash.length > 1 ? JSON.parse(decodeURIComponent(location.hash.slice(1))) : {};

const till = { state: "new", code: null, failed: null, connection: [], outcomes: [], changes: [] };
let bridge;
const kept = [];

function report(changes) {
  Object.assign(till, changes);
  document.getElementById("code").textContent = till.code || "";
  if (parent !== window) parent.postMessage({ till: JSON.parse(JSON.stringify(till)) }, "*"); // without its functions
}

function line(list, text) {
  const item = document.createElement("li");
  item.textContent = text;
  document.getElementById(list).append(item);
}

const failure = (error) => ({
  kind: error.kind ?? error.name,
  message: error.message,
  remedy: error.remedy ?? null,
  problem: error.problem?.code ?? null,
});

// What a person at the till would be told, in the words of the bridge and of the device.
const brief = (outcome) => ({
  status: outcome.status,
  key: outcome.key ?? null,
  job: outcome.job?.id ?? null,
  reference: outcome.job?.reference ?? null,
  number: outcome.document?.number ?? null,
  problem: outcome.problem?.code ?? null,
  attention: outcome.attention ? { code: outcome.attention.code, text: outcome.attention.text } : null,
  error: outcome.error ? { code: outcome.error.code, text: outcome.error.device_text ?? outcome.error.message } : null,
});

function tell(outcome) {
  const told = brief(outcome);
  kept.push(outcome);
  const words = [told.status, told.number, told.attention?.text, told.error?.text].filter((word) => word);
  line("outcomes", words.join(" "));
  report({ outcomes: [...till.outcomes, told] });
  return told;
}

// Time, but limits of more than 12 s are a twentieth: for those that no test waits for.
const impatient = {
  now: () => Date.now(),
  random: Math.random,
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(resolve, milliseconds > 12_000 ? milliseconds / 20 : milliseconds);
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

const onChange = (outcome) => report({ changes: [...till.changes, brief(outcome)] });

// The failure, or null.
till.connect = async (more) => {
  const { pair, impatiently, ...options } = { pair: true, ...said.options, ...more };
  report({ state: "connecting", since: performance.now(), code: null, failed: null });
  if (pair) options.pair = { onCode: (code) => report({ code }), ...(pair === true ? {} : pair) };
  if (impatiently) options.environment = { clock: impatient };
  try {
    bridge = await connect({ app: "Kasa", url: said.url, ...options });
  } catch (error) {
    report({ state: "failed", failed: failure(error) });
    return till.failed;
  }
  report({ state: "connected" });
  bridge.on("connection", ({ state, error }) =>
    report({ connection: [...till.connection, error ? `${state}: ${error.kind}` : state] }),
  );
  return null;
};

till.sell = async (reference, options) => {
  const sale = { op: "receipt", currency: "PLN", reference, lines: [{ name: "Herbata", price: "10.00", vat: "23%" }] };
  return tell(await bridge.submit(options?.device ?? "till-1", sale, { onChange, ...options }));
};

till.resume = async (options) => (await bridge.resume({ onChange, ...options })).map(tell);

// All that was told is in the till's own books.
till.collect = async () => {
  for (const outcome of kept.splice(0)) await bridge.collect(outcome);
};

till.devices = async () => {
  const devices = await bridge.devices();
  for (const device of devices) line("devices", device.identity?.model ?? "");
  return devices.map((device) => device.id);
};

// Yes to the question that this job asks.
till.answer = async (id) => void (await bridge.answer(id, (await bridge.job(id)).attention.prompt_id, "yes"));

// How many operations of this bridge are remembered.
till.remembered = () =>
  Object.keys(localStorage).filter((name) => name.startsWith(`tillbridge:job:${bridge.instance}`)).length;

till.storage = () => {
  try {
    localStorage.setItem("probe", "1");
    localStorage.removeItem("probe");
    return "works";
  } catch (error) {
    return error.name;
  }
};

window.till = till;
document.getElementById("connect").addEventListener("click", () => void till.connect());
report({ stored: till.storage() });
void (async () => {
  for (const [step, ...values] of said.go ?? []) {
    await till[step](...values);
    if (till.state === "failed") break;
  }
})();
