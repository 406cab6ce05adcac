// Builds dist/ and the bridge's own copy. With --check it builds beside them and fails where what is committed differs.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SERVED = fileURLToPath(new URL("../../../bridge/server/pages/client/tillbridge.js", import.meta.url));
const LIMIT = 12_000;

const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
const banner = { js: `// Tillbridge ${version}, the client for pages. Apache-2.0` };

async function builtInto(directory) {
  const common = {
    entryPoints: [join(ROOT, "src/tillbridge.ts")],
    bundle: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    banner,
    legalComments: "none",
    absWorkingDir: ROOT,
  };
  await build({ ...common, outfile: join(directory, "tillbridge.js") });
  await build({ ...common, minify: true, outfile: join(directory, "tillbridge.min.js") });
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--rootDir", "src", "--outDir", directory];
  execFileSync(process.execPath, [tsc, "-p", join(ROOT, "tsconfig.json"), ...options], { cwd: ROOT, stdio: "inherit" });
}

const files = async (directory) => (await readdir(directory)).sort();

const temporary = await mkdtemp(join(tmpdir(), "tillbridge-"));
let wrong = 0;
try {
  await builtInto(temporary);
  const dist = join(ROOT, "dist");
  const made = await files(temporary);
  if (process.argv.includes("--check")) {
    const committed = await files(dist);
    for (const name of new Set([...made, ...committed])) {
      const [one, other] = await Promise.all(
        [temporary, dist].map((place) => readFile(join(place, name), "utf8").catch(() => null)),
      );
      if (one !== other) {
        console.error(`dist/${name} is not what src/ makes: npm run build`);
        wrong = 1;
      }
    }
    if ((await readFile(SERVED, "utf8")) !== (await readFile(join(dist, "tillbridge.js"), "utf8"))) {
      console.error("the bridge's copy is another: npm run build");
      wrong = 1;
    }
  } else {
    await rm(dist, { recursive: true, force: true });
    await mkdir(dist, { recursive: true });
    await mkdir(dirname(SERVED), { recursive: true });
    for (const name of made) await writeFile(join(dist, name), await readFile(join(temporary, name)));
    await writeFile(SERVED, await readFile(join(temporary, "tillbridge.js")));
  }
  const small = await readFile(join(temporary, "tillbridge.min.js"));
  const size = gzipSync(small, { level: 9 }).length;
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  console.log(`tillbridge.min.js: ${kilobytes(small.length)}, compressed ${kilobytes(size)} of at most ${kilobytes(LIMIT)}`);
  if (size >= LIMIT) {
    console.error("it is too large");
    wrong = 1;
  }
} finally {
  await rm(temporary, { recursive: true });
}
process.exitCode = wrong;
