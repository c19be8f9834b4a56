// The service worker of /m/: keeps the shell and its files, so that every page opens without signal, and sends what waits
// when the phone says that there is signal again. `self.TIDU` (version and files) stands before this text.
import { flush } from "./queue.js";

const CACHE = `tidu-${self.TIDU.version}`;
const SHELL = "/m/shell";
const PATIENCE = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([SHELL, ...self.TIDU.files].map((address) => new Request(address, { cache: "reload" })));
    await self.skipWaiting();
  })());
});

// Only caches of pages go with an old version; what waits to be sent is in the database and stays.
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("tidu-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});

async function fromNetwork(request) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  try {
    const response = await fetch(request, { signal: limit.signal });
    // A page of ours says so; a captive portal's does not. A way to the sign-in page is ours to take.
    if (response.type === "opaqueredirect" || response.headers.get("X-Tidu") === "1") return response;
  } catch {
    // No signal, or none worth the name.
  } finally {
    clearTimeout(timer);
  }
  return null;
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (address.origin !== self.location.origin || event.request.method !== "GET") return;
  if (event.request.mode === "navigate") {
    // Signing in and the phone's registration are pages of the server: the shell must never stand in for them.
    if (!address.pathname.startsWith("/m/") || /^\/m\/(?:sign-in|phone|api)\//.test(address.pathname)) return;
    event.respondWith((async () => (await fromNetwork(event.request)) || (await caches.match(SHELL)) || Response.error())());
    return;
  }
  const file = address.pathname + address.search;
  if (self.TIDU.files.includes(file)) {
    event.respondWith((async () => (await caches.match(file)) || fetch(event.request))());
  }
});

self.addEventListener("sync", (event) => {
  if (event.tag !== "send") return;
  event.waitUntil((async () => {
    await flush();
    for (const client of await self.clients.matchAll()) client.postMessage("sent");
  })());
});
