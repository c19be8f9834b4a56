// 待发: every visit that is still on the phone, why, and what can be done about it.
import { newUuid } from "./ids.js";
import { flush, REASONS } from "./queue.js";
import * as kept from "./store.js";
import { fill, h, headline, momentWords, say } from "./view.js";

const NAMES = { waiting: "等着发", photos: "在发照片", conflict: "两份不一样", invalid: "要改一下", photo_refused: "照片没收" };
const FIELDS = { visit_on: "日期", kind: "方式", text: "情况", answer: "当场答复", next_step: "下一步", place: "地点", start_time: "几点" };

function compare(entry, again) {
  const mine = JSON.parse(entry.body);
  const theirs = (entry.stored && entry.stored.visit) || {};
  const rows = Object.entries(FIELDS).filter(([name]) => (mine[name] || "") !== (theirs[name] || ""));
  const send = async (change, words) => { await kept.update(entry.uuid, { ...change, state: "waiting", next_at: 0, error: "" }); say(words); await flush({ asked: true }); again(); };
  const asNew = async () => {
    const uuid = newUuid();
    const photos = (await kept.photosOf(entry.uuid)).map(({ sha256, type, bytes }) => ({ sha256, type, bytes }));
    await kept.enqueue({ ...entry, uuid, draft: entry.draft && { ...entry.draft, uuid }, stored: undefined, state: "waiting", next_at: 0, error: "" }, photos);
    await kept.discard(entry.uuid);
    say("已另存一次。");
    await flush({ asked: true });
    again();
  };
  return h("div", {},
    h("p", {}, "服务器上已有这次走访的另一份，请选留哪一份："),
    h("div", { class: "two-versions" }, h("table", { class: "data keep dense" }, h("caption", { class: "visually-hidden" }, "两份的不同"),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "项"), h("th", { scope: "col" }, "服务器上的"), h("th", { scope: "col" }, "手机里的"))),
      h("tbody", {}, rows.map(([name, label]) => h("tr", {}, h("th", { scope: "row" }, label), h("td", {}, theirs[name] || "—"), h("td", {}, mine[name] || "—")))))),
    h("div", { class: "buttons" },
      entry.stored && h("button", { class: "button", type: "button", onclick: () => send({ correct: entry.stored.version }, "按手机里的改。") }, "用手机里的"),
      h("button", { class: "button", type: "button", onclick: async () => { await kept.discard(entry.uuid); say("留服务器上的，手机里的已删。"); again(); } }, "留服务器上的"),
      h("button", { class: "button plain", type: "button", onclick: asNew }, "是另一次走访，另存")));
}

function acts(entry, again) {
  if (entry.state === "conflict") return compare(entry, again);
  const drop = h("button", { class: "button plain", type: "button", onclick: async (event) => {
    if (event.target.dataset.sure === undefined) { event.target.dataset.sure = ""; event.target.textContent = "再按一次就删掉"; return; }
    await kept.discard(entry.uuid);
    say("已删掉，没有发出。");
    again();
  } }, "删掉");
  if (entry.state === "photo_refused") {
    return h("div", { class: "buttons" }, h("button", { class: "button", type: "button", onclick: async () => { await kept.settle(entry, entry.receipt); say("走访已发出，没收的照片已去掉。"); again(); } }, "不要这张照片了"));
  }
  return h("div", { class: "buttons" }, entry.receipt ? null : h("a", { class: "button", href: `/m/visits/new?edit=${entry.uuid}` }, "去改"), entry.receipt ? null : drop);
}

// Everything that is unsent as one file, for the office to load when a phone never comes back on line.
async function rescue() {
  const rows = [];
  for (const entry of await kept.waiting()) {
    const photos = (await kept.photosOf(entry.uuid)).map((photo) => ({ sha256: photo.sha256, type: photo.type, base64: base64(photo.bytes) }));
    rows.push({ uuid: entry.uuid, person: entry.person, firm_name: entry.firm_name, visit: JSON.parse(entry.body), photos });
  }
  const file = new Blob([JSON.stringify({ app: "tidu", rescue: 1, saved_at: new Date().toISOString(), visits: rows })], { type: "application/json" });
  const link = h("a", { href: URL.createObjectURL(file), download: `未发出的走访-${new Date().toISOString().slice(0, 10)}.json` });
  document.body.append(link);
  link.click();
  link.remove();
  say(`已存成文件，共 ${rows.length} 次走访。手机里的还在。`);
}
function base64(buffer) {
  const bytes = new Uint8Array(buffer);
  let text = "";
  for (let start = 0; start < bytes.length; start += 32768) text += String.fromCharCode(...bytes.subarray(start, start + 32768));
  return btoa(text);
}

export async function open(root) {
  const again = () => open(root);
  const rows = await kept.waiting();
  const last = await kept.kept("last");
  const person = await kept.kept("person");
  // The bar on top counts the same rows.
  document.dispatchEvent(new Event("queue"));
  headline("待发的走访", rows.length ? `${rows.length} 次` : "");
  fill(root,
    rows.length ? h("p", { class: "notice" }, last && last.reason ? REASONS[last.reason] : "有信号就自动发。", " ", last && last.reason === "signed_out" ? h("a", { class: "button small", href: "/m/sign-in/?next=/m/queue" }, "去登录") : null) : null,
    rows.length ? h("div", { class: "buttons" },
      h("button", { class: "button main", type: "button", onclick: async () => { say("正在发……"); const { sent, reason } = await flush({ asked: true }); say(reason ? REASONS[reason] : `发出 ${sent} 次。`); again(); } }, "现在发送"),
      h("button", { class: "button plain", type: "button", onclick: rescue }, "存成文件交给综合科")) : h("p", { class: "third" }, "都发出了，手机里没有等着发的走访。"),
    rows.map((entry) => h("section", { class: "card" },
      h("div", { class: "head" }, h("h2", {}, entry.firm_name), h("span", { class: `chip ${entry.state === "waiting" || entry.state === "photos" ? "yellow" : "red"}` }, NAMES[entry.state])),
      h("div", { class: "body" },
        h("p", {}, `${JSON.parse(entry.body).visit_on}　${JSON.parse(entry.body).text.slice(0, 60)}`),
        h("p", { class: "second" }, `${momentWords(entry.queued_at)} 写的${entry.tries ? `，发过 ${entry.tries} 次` : ""}${entry.error ? `。${entry.error}` : ""}`),
        entry.person && person && entry.person.id !== person.id ? h("p", { class: "notice" }, `属于另一位同事（${entry.person.name}），由他登录后发。`) : null,
        acts(entry, again)))));
}
