// Holds the examples of the README against the package's types, as a shop's own TypeScript would be.
import { execFileSync } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = new URL("../.examples/", import.meta.url);
const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code);
await mkdir(folder, { recursive: true });
try {
  const text = `declare function show(text: string): void;
declare function button(text: string, act: () => unknown): void;\n${examples.join("\n")}`
    .replace("async function settle(outcome)", 'async function settle(outcome: import("tillbridge").Outcome)')
    .replace("{ text, prompt_id, choices })", '{ text, prompt_id, choices }: import("tillbridge").Prompt)')
    .replace("ask(jobId,", "ask(jobId: string,")
    .replace("const order = {", 'const order: import("tillbridge").Operation = {');
  await writeFile(new URL("readme.ts", folder), text);
  const options = { extends: "../tsconfig.json", include: ["readme.ts"], compilerOptions: { noUnusedLocals: false } };
  await writeFile(new URL("tsconfig.json", folder), JSON.stringify(options));
  execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, "-p", fileURLToPath(folder)], { stdio: "inherit" });
  console.log(`${examples.length} examples fit the types`);
} finally {
  await rm(folder, { recursive: true });
}
