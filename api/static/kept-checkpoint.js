// Keeps the last checkpoint of a ledger this browser saw, and says so in big words when the ledger no longer
// extends it. The proof is checked here (RFC 9162 2.1.4.2), not taken on the word of who keeps the ledger.
// The page needs none of this: without scripts, without storage, without HTTPS nothing happens.
"use strict";

(() => {
  const alarm = document.getElementById("kept-checkpoint");
  const log = alarm.dataset.log;
  const key = `mingzhang ${log}`;

  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const equal = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
  const node = async (left, right) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.of(1, ...left, ...right)));

  function checkpointOf(note) {
    const [origin, size, root] = note.split("\n");
    if (!/^(0|[1-9][0-9]{0,15})$/.test(size)) throw new Error("no checkpoint");
    return { origin, size: BigInt(size), root: bytes(root) };
  }

  async function isExtendedBy(old, now, hashes) {
    if (old.origin !== now.origin || old.size > now.size) return false;
    if (old.size === now.size) return hashes.length === 0 && equal(old.root, now.root);
    // an older tree that is one complete subtree stands in no proof: its root is known
    const path = (old.size & (old.size - 1n)) === 0n ? [old.root, ...hashes] : hashes;
    if (hashes.length === 0) return false;
    let place = old.size - 1n, last = now.size - 1n;
    while (place & 1n) { place >>= 1n; last >>= 1n; }
    let was = path[0], found = path[0];
    for (const beside of path.slice(1)) {
      if (last === 0n) return false;
      if (place & 1n || place === last) {
        was = await node(beside, was);
        found = await node(beside, found);
        while (!(place & 1n) && place) { place >>= 1n; last >>= 1n; }
      } else {
        found = await node(found, beside);
      }
      place >>= 1n;
      last >>= 1n;
    }
    return last === 0n && equal(was, old.root) && equal(found, now.root);
  }

  function keptBefore() {
    try {
      const { note, at } = JSON.parse(localStorage.getItem(key));
      checkpointOf(note);
      return { note, at };
    } catch {
      return null; // the first visit, or something else under this name
    }
  }

  function fill(within, facts) {
    for (const place of within.querySelectorAll("[data-fill]")) place.textContent = facts[place.dataset.fill];
  }

  // on the page 查证: what this browser did just now
  function tell(state, facts) {
    for (const one of document.querySelectorAll("[data-kept]")) {
      one.hidden = one.dataset.kept !== state;
      fill(one, facts);
    }
  }

  function raise(kept, facts) {
    const banner = alarm.content.cloneNode(true).firstElementChild;
    fill(banner, facts);
    const check = banner.querySelector("a.button");
    check.href += `?checkpoint=${encodeURIComponent(kept.note)}`;
    banner.querySelector("button").addEventListener("click", () => {
      localStorage.removeItem(key);
      banner.remove();
    });
    document.getElementById("main").prepend(banner);
  }

  async function main() {
    const kept = keptBefore();
    const old = kept && checkpointOf(kept.note);
    const answer = await fetch(`${log}/consistency?old=${old ? old.size : 0}`, { cache: "no-store" });
    if (!answer.ok) return;
    const { checkpoint: note, hashes } = await answer.json();
    const now = note && checkpointOf(note);
    const day = (at) => new Date(at).toLocaleDateString(document.documentElement.lang,
      { timeZone: "Asia/Shanghai", dateStyle: "long" });
    const facts = {
      "kept-at": kept && day(kept.at), "kept-size": old && old.size, "kept-note": kept && kept.note,
      "now-size": now ? now.size : 0, "now-note": note,
    };
    if (old && !(now && await isExtendedBy(old, now, hashes.map(bytes)))) {
      tell("changed", facts);
      raise(kept, facts); // and what was kept stays kept: it is the evidence
    } else if (now) {
      localStorage.setItem(key, JSON.stringify({ note, at: new Date().toISOString() }));
      tell(old ? "same" : "first", facts);
    }
  }

  if (window.crypto?.subtle) main().catch(() => {}); // no network, no room to store: as if there were no script
})();
