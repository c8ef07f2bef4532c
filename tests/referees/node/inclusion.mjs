// node inclusion.mjs FOLDER: every proof on standard input, by the algorithm of @sigstore/verify.
// In: [{index, size, root, hashes, entry}], all bytes in base64. Out: for each, "ok" or why not.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const folder = join(process.argv[2], "node_modules", "@sigstore", "verify", "dist", "tlog", "merkle.js");
const { verifyMerkleInclusion } = createRequire(import.meta.url)(folder);
const bytes = (text) => Buffer.from(text, "base64");

const said = JSON.parse(readFileSync(0, "utf8")).map((proof) => {
  const inclusionProof = { logIndex: String(proof.index), hashes: proof.hashes.map(bytes) };
  try {
    verifyMerkleInclusion(
      { inclusionProof, canonicalizedBody: bytes(proof.entry) },
      { logSize: BigInt(proof.size), logHash: bytes(proof.root) },
    );
    return "ok";
  } catch (error) {
    return error.message;
  }
});
process.stdout.write(JSON.stringify(said));
