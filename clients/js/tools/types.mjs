// Writes src/api.ts, the types of the bridge's API, from docs/openapi.json. With --check it writes nothing and fails where they differ.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const description = new URL("../../../docs/openapi.json", import.meta.url);
const target = new URL("../src/api.ts", import.meta.url);

const head = `// The data of the API, generated from docs/openapi.json by \`npm run types\`. Do not edit.

`;

const served = JSON.parse(await readFile(description, "utf8"));
// The calls go over the WebSocket, so the paths are of no use here: what is sent and answered is in the schemas.
const schemas = { ...served, paths: {}, components: { schemas: served.components.schemas } };
// What may be left out has a default: it is optional for who sends it.
const text = head + astToString(await openapiTS(schemas, { defaultNonNullable: false }));

if (process.argv.includes("--check")) {
  const committed = await readFile(target, "utf8");
  if (committed !== text) {
    console.error("src/api.ts is not what docs/openapi.json says: npm run types");
    process.exit(1);
  }
  console.log(`src/api.ts is that of version ${served.info.version} of the API`);
} else {
  await writeFile(target, text);
}
