// Sends what waits. A visit counts as sent when the server's receipt is stored here, and by nothing else.
import { sha256 } from "./ids.js";
import * as kept from "./store.js";

const API = "/m/api";
const FIRST_WAIT = 5000;
const LONGEST_WAIT = 5 * 60 * 1000;
const PATIENCE = 30000;
const LEASE = 60000;

// Why sending stopped, in an officer's words; the page shows the last one.
export const REASONS = {
  offline: "没有信号，接上网自动发",
  portal: "连上了网，但被登录页挡住了，请先登录无线网",
  signed_out: "要重新登录才能发，写的都在",
  other_person: "登录的是另一位同事，他的走访由他来发",
  busy: "系统忙，过一会儿自动再发",
};

class Stopped extends Error {
  constructor(reason) {
    super(REASONS[reason]);
    this.reason = reason;
  }
}

// The answer as our server's JSON; anything else (a captive portal, a proxy's page, a redirect) is no answer.
export async function ask(method, path, body, headers = {}) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  let response;
  try {
    response = await fetch(API + path, {
      method, body, headers, signal: limit.signal, redirect: "manual", cache: "no-store", credentials: "same-origin",
    });
    if (response.type === "opaqueredirect") throw new Stopped("portal");
    const type = response.headers.get("Content-Type") || "";
    if (!type.startsWith("application/json")) throw new Stopped(response.status >= 500 ? "busy" : "portal");
    const data = await response.json();
    if (!data || data.app !== "tidu") throw new Stopped("portal");
    return { status: response.status, data };
  } catch (error) {
    if (error instanceof Stopped) throw error;
    throw new Stopped("offline");
  } finally {
    clearTimeout(timer);
  }
}

// A fresh token and who is signed in.
async function greet() {
  const { status, data } = await ask("GET", "/csrf");
  if (status === 401) throw new Stopped("signed_out");
  if (status !== 200) throw new Stopped("busy");
  await kept.keep("person", data.person);
  return data;
}

async function isReceipt(entry, data) {
  const receipt = data.receipt;
  return Boolean(receipt && receipt.uuid === entry.uuid && receipt.number && data.heard_sha256 === (await sha256(entry.body)));
}

async function sendVisit(entry, token) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const correction = entry.correct === undefined ? "" : "/correction";
  const body = correction ? JSON.stringify({ version: entry.correct, visit: JSON.parse(entry.body) }) : entry.body;
  const { status, data } = await ask("PUT", `/visits/${entry.uuid}${correction}`, body, headers);
  if (status === 200 || status === 201) {
    if (!(await isReceipt({ ...entry, body }, data))) throw new Stopped("portal");
    return kept.update(entry.uuid, { state: "photos", receipt: { ...data.receipt, url: data.url }, error: "", correct: undefined }, entry.body);
  }
  if (status === 409) return kept.update(entry.uuid, { state: "conflict", stored: data.stored || null, error: data.message }, entry.body);
  if (status === 422 || status === 403 || status === 404 || status === 413) {
    return kept.update(entry.uuid, { state: "invalid", errors: data.errors || {}, error: data.message || "这次走访存不进去" }, entry.body);
  }
  if (status === 401) throw new Stopped("signed_out");
  throw new Stopped("busy");
}

async function sendPhotos(entry, token) {
  for (const photo of await kept.photosOf(entry.uuid)) {
    if (photo.sent || photo.refused) continue;
    const headers = { "Content-Type": photo.type, "X-CSRFToken": token };
    const { status, data } = await ask("PUT", `/visits/${entry.uuid}/photos/${photo.sha256}`, photo.bytes, headers);
    if ((status === 200 || status === 201) && data.photo && data.photo.sha256 === photo.sha256) {
      await (await kept.store()).put("photos", { ...photo, sent: true });
    } else if (status === 401) {
      throw new Stopped("signed_out");
    } else if (status === 422 || status === 413 || status === 403) {
      await (await kept.store()).put("photos", { ...photo, refused: data.message || "照片没有收" });
    } else {
      throw new Stopped("busy");
    }
  }
  const refused = (await kept.photosOf(entry.uuid)).filter((photo) => photo.refused);
  if (refused.length) {
    await kept.update(entry.uuid, { state: "photo_refused", error: refused[0].refused });
    return;
  }
  await kept.settle(entry, entry.receipt);
}

const due = (entry, now, asked) => (entry.state === "waiting" || entry.state === "photos") && (asked || entry.next_at <= now);

async function sendOne(entry, token) {
  try {
    let current = entry;
    if (current.state === "waiting") current = await sendVisit(current, token);
    if (current && current.state === "photos") await sendPhotos(current, token);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    const tries = entry.tries + 1;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(tries, 10)) * (0.75 + Math.random() / 2);
    await kept.update(entry.uuid, { tries, next_at: Date.now() + wait, error: error.message });
    throw error;
  }
}

async function work(asked) {
  const entries = (await kept.waiting()).filter((entry) => due(entry, Date.now(), asked));
  if (!entries.length) return { sent: 0, reason: "" };
  let sent = 0;
  let reason = "";
  try {
    const { csrf_token: token, person } = await greet();
    for (const entry of entries) {
      if (entry.person && entry.person.id !== person.id) {
        reason = "other_person";
        continue;
      }
      try {
        await sendOne(entry, token);
      } catch (error) {
        if (error instanceof Stopped) throw error;
        // One visit that cannot be read does not hold up the others.
        await kept.update(entry.uuid, { next_at: Date.now() + LONGEST_WAIT, error: "发送出错，稍后自动再发" });
        continue;
      }
      sent += (await kept.isSettled(entry.uuid)) ? 1 : 0;
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    reason = error.reason;
  }
  await kept.keep("last", { reason, at: Date.now() });
  return { sent, reason };
}

// One at a time across tabs and the service worker: by a lock, or by a lease where the browser has none. Who presses
// 现在发送 while another is sending waits for it, and sends what it left.
export async function flush({ asked = false } = {}) {
  if (self.navigator && navigator.locks) {
    return navigator.locks.request("tidu-queue", { ifAvailable: !asked }, (lock) => (lock ? work(asked) : { sent: 0, reason: "busy" }));
  }
  const database = await kept.store();
  const claim = database.transaction("kept", "readwrite");
  const held = await claim.store.get("lease");
  const free = !held || held < Date.now();
  if (free) await claim.store.put(Date.now() + LEASE, "lease");
  await claim.done;
  if (!free) return { sent: 0, reason: "busy" };
  try {
    return await work(asked);
  } finally {
    await database.delete("kept", "lease");
  }
}

// A fresh copy of firms, plan and lists; false when there is no signal or no session.
export async function refreshBundle() {
  const before = await kept.kept("bundle");
  try {
    const headers = before && before.etag ? { "If-None-Match": before.etag } : {};
    const response = await fetch("/m/bundle.json", { headers, redirect: "manual", cache: "no-store", credentials: "same-origin" });
    if (response.status === 304 && before) {
      await kept.keep("bundle", { ...before, at: Date.now() });
      return true;
    }
    if (response.status !== 200 || !(response.headers.get("Content-Type") || "").startsWith("application/json")) return false;
    const data = await response.json();
    if (data.app !== "tidu") return false;
    await kept.keep("bundle", { data, at: Date.now(), etag: response.headers.get("ETag") });
    await kept.keep("person", data.person);
    return true;
  } catch {
    return false;
  }
}

// Firms beyond the copy on the phone; null without signal or session.
export async function findFirms(words) {
  try {
    const { status, data } = await ask("GET", `/firms?q=${encodeURIComponent(words)}`);
    return status === 200 ? data.firms : null;
  } catch {
    return null;
  }
}
