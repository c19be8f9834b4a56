// The phone's pages under /m/: 今日, 记走访, 待发, 走访前看. Which one is said by the address, with and without signal.
import * as before from "./before.js";
import * as form from "./form.js";
import * as mePage from "./me.js";
import * as outbox from "./outbox.js";
import { flush, REASONS, refreshBundle } from "./queue.js";
import * as kept from "./store.js";
import * as todayPage from "./today.js";
import { fill, h, momentWords, say } from "./view.js";

const EVERY = 30000;
const root = document.querySelector("#capture");

async function bar() {
  const rows = await kept.waiting();
  const last = await kept.kept("last");
  const stuck = rows.filter((row) => row.state === "conflict" || row.state === "invalid" || row.state === "photo_refused").length;
  const why = stuck ? `${stuck} 次要你看一下` : last && last.reason ? REASONS[last.reason] : "";
  fill(document.querySelector("#queue-bar"), rows.length
    ? h("a", { href: "/m/queue", class: stuck ? "red" : "yellow" }, h("b", {}, `${rows.length} 次没发出`), `，最早 ${momentWords(rows[0].queued_at)}`, why && `。${why}`)
    : h("a", { href: "/m/queue", class: "calm" }, "都发出了"));
}

function page() {
  const path = location.pathname.replace(/\/+$/, "");
  const params = new URLSearchParams(location.search);
  const firm = path.match(/^\/m\/firms\/(\d+)$/);
  if (path === "/m/visits/new") return () => form.open(root, params);
  if (path === "/m/me") return () => mePage.open(root);
  if (path === "/m/queue") return () => outbox.open(root, params);
  if (firm) return () => before.open(root, params, firm[1]);
  return () => todayPage.open(root, params);
}

const isForm = () => location.pathname.replace(/\/+$/, "") === "/m/visits/new";
const states = async () => (await kept.waiting()).map((row) => `${row.uuid} ${row.state}`).join();

async function tryToSend() {
  const before = await states();
  const { sent, reason } = await flush();
  if (before !== (await states()) && !isForm()) await page()();
  if (sent && !reason) say(`发出 ${sent} 次，服务器已给回执。`);
  await bar();
}

// The word of the bar that this page belongs to.
function mark() {
  const path = location.pathname.replace(/\/+$/, "") || "/m";
  document.querySelectorAll(".bottom a").forEach((link) => {
    if (new URL(link.href).pathname.replace(/\/+$/, "") === path) link.setAttribute("aria-current", "page");
  });
}

async function begin() {
  mark();
  if (!window.indexedDB || !window.crypto) {
    say("这个浏览器不能离线存走访，请用普通页面记。");
    return;
  }
  const show = page();
  const first = await kept.bundle();
  if (!first) await refreshBundle();
  await show();
  await bar();
  document.documentElement.dataset.ready = "1";
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/m/worker.js", { scope: "/m/" }).then((registration) => {
      if (registration.sync) registration.sync.register("send").catch(() => {});
    }).catch(() => {});
    navigator.serviceWorker.addEventListener("message", async () => { if (!isForm()) await page()(); await bar(); });
  }
  if (first) {
    const fresh = await refreshBundle();
    // A page that nobody has begun to use shows the fresh copy.
    if (fresh && !isForm()) await show();
  }
  await kept.forgetOldReceipts();
  await tryToSend();
  document.addEventListener("queue", bar);
  window.addEventListener("online", tryToSend);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tryToSend(); });
  window.setInterval(tryToSend, EVERY);
}

begin();
