// node canonical.mjs FOLDER: how many lines of standard input are not as the npm package `canonicalize`
// writes the JSON in them (RFC 8785).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const found = join(process.argv[2], "node_modules", "canonicalize", "lib", "canonicalize.js");
const { default: canonicalize } = await import(pathToFileURL(found).href);

const lines = readFileSync(0, "utf8").split("\n").slice(0, -1);
const others = lines.filter((line) => canonicalize(JSON.parse(line)) !== line);
process.stdout.write(JSON.stringify({ read: lines.length, others }));
