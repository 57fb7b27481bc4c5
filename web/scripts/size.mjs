// The built page may weigh so much, gzipped, all routes together.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LIMIT_BYTES = 600_000;
const folder = fileURLToPath(new URL("../../src/shoal/page", import.meta.url));
const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const n_bytes = files.reduce(
  (sum, { parentPath, name }) => sum + gzipSync(readFileSync(`${parentPath}/${name}`)).length,
  0,
);
process.stdout.write(`page: ${Math.round(n_bytes / 1000)} kB gzipped of ${LIMIT_BYTES / 1000} kB\n`);
process.exitCode = n_bytes > LIMIT_BYTES ? 1 : 0;
