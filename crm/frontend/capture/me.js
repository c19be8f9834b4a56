// 我的: whose phone this is, its registration, and signing out.
import { ask } from "./queue.js";
import * as kept from "./store.js";
import { fill, h, headline, momentWords, say } from "./view.js";

const SIGN_IN = "/m/sign-in/?next=/m/me";

const card = (title, ...children) => h("section", { class: "card" }, h("div", { class: "head" }, h("h2", {}, title)), h("div", { class: "body" }, ...children));

// A form of the server's, with a fresh token. False when nobody is signed in; an error without signal.
async function post(path) {
  const { status, data } = await ask("GET", "/csrf");
  if (status !== 200) return false;
  await fetch(path, { method: "POST", credentials: "same-origin", redirect: "manual", headers: { "X-CSRFToken": data.csrf_token } });
  return true;
}

async function register() {
  try {
    if (!(await post("/m/phone/"))) { location.assign(SIGN_IN); return; }
    await kept.dropBundle();
    location.reload();
  } catch {
    say("没有信号，没有登记上，请稍后再试。");
  }
}

// Whatever the network says: the copy goes from the phone, what was not sent stays.
async function signOut() {
  await kept.dropBundle();
  try {
    await post("/m/sign-in/out");
    location.assign("/m/sign-in/?next=/m/");
  } catch {
    say("手机里的企业名单已清掉。没有信号，服务器上的登录到时自动失效。");
  }
}

function phoneCard(phone) {
  if (phone.registered) {
    return card("这台手机已登记", h("p", { class: "second" }, `登录一次，走访和今日 ${phone.hours} 小时不用再登，别的页面照常。手机丢了，请在工作台“个人设置”里取消登记。`));
  }
  return card("登记这台手机", h("p", { class: "second" }, `只登记自己的手机。登记后登录一次，走访和今日 ${phone.hours} 小时不用再登。`),
    h("button", { class: "button", type: "button", onclick: register }, "登记这台手机"));
}

export async function open(root) {
  const bundle = await kept.bundle();
  const held = await kept.kept("bundle");
  const rows = await kept.waiting();
  const others = bundle ? rows.filter((row) => row.person && row.person.id !== bundle.person.id).length : 0;
  const safe = navigator.storage && navigator.storage.persisted ? await navigator.storage.persisted().catch(() => false) : false;
  const unsent = rows.length ? `还有 ${rows.length} 次走访没发出${others ? `，其中 ${others} 次是别的同事的` : ""}。` : "";
  headline("我的", bundle ? bundle.person.name : "");
  fill(root,
    bundle ? card("手机里有什么", h("p", {}, `${bundle.firms.length} 家企业，${momentWords(held.at)} 同步。7 天没有联网就自动清掉。`),
      h("p", {}, h("a", { href: "/" }, "去工作台"))) : card("没有登录", h("p", {}, h("a", { class: "button main", href: SIGN_IN }, "去登录"))),
    card("没发的走访", h("p", {}, unsent || "没有，都发出了。"),
      h("p", { class: "second" }, safe ? "浏览器答应不自动清理这里的内容。" : "手机空间不够时，浏览器可能清理这里的内容；有没发的，请尽快联网发出。")),
    bundle && bundle.phone ? phoneCard(bundle.phone) : null,
    bundle ? card("退出登录", h("p", {}, `退出会清掉手机里的企业名单。${unsent}${unsent ? "没发的留在手机里，登录后再发。" : ""}`),
      h("button", { class: "button", type: "button", onclick: signOut }, "退出登录")) : null);
}
