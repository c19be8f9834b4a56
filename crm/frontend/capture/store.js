// What the phone keeps: visits that wait to be sent, their photos, the draft being typed, and a copy of what the form
// needs without signal. Everything in one database, so that closing the browser loses nothing.
import { openDB } from "idb";

let opened;

export function store() {
  opened ??= openDB("tidu", 1, {
    upgrade(database) {
      database.createObjectStore("queue", { keyPath: "uuid" });
      database.createObjectStore("photos", { keyPath: ["uuid", "sha256"] }).createIndex("uuid", "uuid");
      database.createObjectStore("drafts");
      database.createObjectStore("kept");
      database.createObjectStore("receipts", { keyPath: "uuid" });
    },
    // Another tab brings a newer form of the database: let go of this one, the page opens it anew when asked.
    blocking() { opened.then((database) => database.close()); opened = undefined; },
    terminated() { opened = undefined; },
  });
  return opened;
}

// The copy of firms, plan and lists is dropped after so many days without contact; unsent visits never are.
const KEPT_DAYS = 7;
const DAY = 24 * 60 * 60 * 1000;

export async function kept(key) {
  return (await store()).get("kept", key);
}

export async function keep(key, value) {
  await (await store()).put("kept", value, key);
}

export async function dropBundle() {
  const database = await store();
  await database.delete("kept", "bundle");
}

export async function bundle() {
  const found = await kept("bundle");
  if (!found) return null;
  if (Date.now() - found.at > KEPT_DAYS * DAY) {
    await dropBundle();
    return null;
  }
  return found.data;
}

// Unsent visits, the oldest first.
export async function waiting() {
  const rows = await (await store()).getAll("queue");
  return rows.sort((a, b) => a.queued_at - b.queued_at);
}

export async function photosOf(uuid) {
  return (await store()).getAllFromIndex("photos", "uuid", uuid);
}

// A visit and its photos enter the queue together or not at all.
export async function enqueue(entry, photos) {
  const database = await store();
  const change = database.transaction(["queue", "photos", "drafts"], "readwrite", { durability: "strict" });
  const wanted = new Set(photos.map((photo) => photo.sha256));
  for (const key of await change.objectStore("photos").index("uuid").getAllKeys(entry.uuid)) {
    if (!wanted.has(key[1])) change.objectStore("photos").delete(key);
  }
  for (const photo of photos) change.objectStore("photos").put({ ...photo, uuid: entry.uuid });
  change.objectStore("queue").put(entry);
  change.objectStore("drafts").delete("form");
  await change.done;
}

// With `sent`, the body that was on its way: a visit edited meanwhile is another one and stays as it is.
export async function update(uuid, change, sent) {
  const database = await store();
  const work = database.transaction("queue", "readwrite");
  const entry = await work.store.get(uuid);
  const same = entry && (sent === undefined || entry.body === sent);
  if (same) await work.store.put({ ...entry, ...change });
  await work.done;
  return same ? { ...entry, ...change } : undefined;
}

// A visit leaves the phone only in the transaction that stores its receipt.
export async function settle(entry, receipt) {
  const database = await store();
  const work = database.transaction(["queue", "photos", "receipts"], "readwrite", { durability: "strict" });
  const now = await work.objectStore("queue").get(entry.uuid);
  if (!now || now.body !== entry.body) {
    await work.done;
    return;
  }
  work.objectStore("receipts").put({ ...receipt, firm_name: entry.firm_name, settled_at: Date.now(), person: entry.person });
  work.objectStore("queue").delete(entry.uuid);
  const photos = work.objectStore("photos");
  for (const key of await photos.index("uuid").getAllKeys(entry.uuid)) photos.delete(key);
  await work.done;
}

export async function discard(uuid) {
  const database = await store();
  const work = database.transaction(["queue", "photos"], "readwrite");
  work.objectStore("queue").delete(uuid);
  const photos = work.objectStore("photos");
  for (const key of await photos.index("uuid").getAllKeys(uuid)) photos.delete(key);
  await work.done;
}

// Whether its receipt is stored here.
export async function isSettled(uuid) {
  return Boolean(await (await store()).getKey("receipts", uuid));
}

export async function receipts() {
  const rows = await (await store()).getAll("receipts");
  return rows.sort((a, b) => b.settled_at - a.settled_at).slice(0, 20);
}

// Receipts of two weeks are kept to be looked at; older ones are on the server.
export async function forgetOldReceipts() {
  const database = await store();
  for (const row of await database.getAll("receipts")) {
    if (Date.now() - row.settled_at > 14 * DAY) await database.delete("receipts", row.uuid);
  }
}
