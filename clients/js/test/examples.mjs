// The examples of the README and of docs/javascript.md, run as they stand, in surroundings that stand for a browser's.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { WebSocket } from "ws";
import { FakeStorage, place, ROOT, until } from "./kit.mjs";

const shop = await place();
const CLIENT = new URL("../dist/tillbridge.js", import.meta.url).href;
const USUAL = "127.0.0.1:47811";

let directory;
const kept = {};
const sockets = new Set();
before(() => {
  directory = mkdtempSync(join(tmpdir(), "tillbridge-examples-"));
  for (const name of ["fetch", "WebSocket", "location", "localStorage", "document", "show", "token"])
    kept[name] = Object.getOwnPropertyDescriptor(globalThis, name);
});
after(() => {
  rmSync(directory, { recursive: true });
  for (const [name, was] of Object.entries(kept))
    if (was) Object.defineProperty(globalThis, name, was);
    else delete globalThis[name];
});

/** A page of `origin` whose bridge is on the usual port. `document`: its elements by their ids. */
function surroundings(origin, elements = {}) {
  const { fetch } = globalThis;
  const direct = kept.fetch.value ?? fetch;
  const globals = {
    fetch: (url, init = {}) =>
      direct(url.replace(`http://${USUAL}`, shop.url), { ...init, headers: { ...init.headers, Origin: origin } }),
    WebSocket: class extends WebSocket {
      constructor(url) {
        super(url.replace(USUAL, new URL(shop.url).host), { origin, headers: { Host: new URL(url).host } });
        this.on("error", () => {});
        sockets.add(this);
      }
    },
    location: { hostname: new URL(origin).hostname, origin },
    localStorage: new FakeStorage(),
    document: { getElementById: (id) => elements[id] },
  };
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** End the client of a page that never hangs up. */
function leave() {
  for (const socket of sockets) {
    socket.emit("close", 4403, Buffer.from("the page is closed"));
    socket.terminate();
  }
}

/** The blocks of a page in that language, each with what it is expected to show. */
function blocks(file, language) {
  const text = readFileSync(file, "utf8");
  const found = [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\`\\n((?:<!-- expect: .*? -->\\n)*)`, "g"))];
  return found.map(([, code, expected]) => ({
    code,
    expected: [...expected.matchAll(/<!-- expect: (.*?) -->/g)].map((one) => one[1]),
  }));
}

async function run(name, code) {
  const file = join(directory, name);
  writeFileSync(file, code.replaceAll(/from "(tillbridge|\.\/tillbridge\.js)"/g, `from "${CLIENT}"`));
  await import(pathToFileURL(file).href);
}

test("the examples of the README do what it says, and the first shows a refused document", async () => {
  const examples = blocks(fileURLToPath(new URL("../README.md", import.meta.url)), "js");
  assert.ok(examples.length >= 6);
  assert.match(examples[0].expected.join(), /Not printed/);
  surroundings("http://localhost:8080");
  const shown = [[]];
  const first = (await shop.count("till-1")) + 1;
  // The printer of the tests has printed others before.
  const numbered = (text) => text.replace(/Receipt (\d+)/, (_, number) => `Receipt ${first + Number(number) - 1}`);
  globalThis.show = (text) => {
    shown.at(-1).push(text);
    const code = /: (\d{6})$/.exec(text)?.[1];
    if (code) void shop.say("decide", { code, aliases: { "@fiscal": "till-1" } });
  };
  /** One program: an example builds on those before it, and begins when they have shown what they do. */
  globalThis.next = async () => {
    const { code, expected } = examples[shown.length - 1];
    for (const text of expected.map(numbered)) {
      const seen = () => shown.at(-1).join("\n").includes(text);
      await until(seen, `${text}, shown by\n${code}\n`).catch((error) =>
        assert.fail(`${error.message}, but ${shown.at(-1).join("\n")}`),
      );
    }
    shown.push([]);
  };
  await run("readme.mjs", examples.map(({ code }) => `${code}\nawait next();\n`).join(""));
  assert.equal(shown.length, examples.length + 1);
});

const PAGE = join(ROOT, "docs/javascript.md");

test("the first page of docs/javascript.md sells", async () => {
  const [{ code, expected }] = blocks(PAGE, "html");
  const said = { textContent: "" };
  const sell = {};
  surroundings("http://localhost:8081", { said, sell });
  await run("page.mjs", /<script type="module">([\s\S]*?)<\/script>/.exec(code)[1]);
  const selling = sell.onclick();
  const digits = await until(() => /\d{6}/.exec(said.textContent)?.[0], "the code");
  await shop.say("decide", { code: digits });
  await selling;
  for (const text of expected) assert.ok(said.textContent.includes(text), said.textContent);
  await sell.onclick();
  leave();
});

test("the kiosk of docs/javascript.md comes in with its token", async () => {
  const [{ code, expected }] = blocks(PAGE, "js");
  surroundings("https://kiosk.example");
  const shown = [];
  globalThis.show = (text) => shown.push(text);
  globalThis.token = (await shop.say("token", { origin: "https://kiosk.example", label: "till-7" })).token;
  await run("kiosk.mjs", `import { connect } from "tillbridge";\n${code}\nbridge.close();`);
  assert.deepEqual(shown, expected);
});
