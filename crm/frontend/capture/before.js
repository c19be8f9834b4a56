// 走访前看: one screen about one firm, from the phone's own copy.
import * as kept from "./store.js";
import { fill, h, headline } from "./view.js";

const list = (title, rows, empty) => h("section", { class: "card" }, h("div", { class: "head" }, h("h2", {}, title)), h("div", { class: "body" },
  rows.length ? h("ul", { class: "plain" }, rows.map((row) => h("li", {}, row))) : h("p", { class: "third" }, empty)));

export async function open(root, params, id) {
  const bundle = await kept.bundle();
  const firm = bundle && bundle.firms.find((one) => String(one.id) === String(id));
  if (!firm) {
    headline("走访前看");
    fill(root, h("p", { class: "notice" }, "手机里没有这家企业。有信号时再打开一次。"), h("p", {}, h("a", { class: "button", href: "/m/" }, "回今日")));
    return;
  }
  headline(firm.name, "走访前看");
  const card = (bundle.before && bundle.before[firm.id]) || null;
  fill(root,
    h("p", {}, h("a", { class: "button main wide", href: `/m/visits/new?firm=${firm.id}` }, "记走访")),
    card && card.lately.length ? h("p", { class: "notice" }, `近期已走访提醒：${card.lately.map((one) => `${one.days ? `${one.days} 天前` : "今天"} ${one.who}`).join("；")}`) : null,
    card ? [
      list("没了结的答复承诺", card.promises, "没有。"),
      list("在办的问题", card.issues || [], "没有。"),
      list("待研判的诉求", card.demands, "没有。"),
      list("最近三次走访", card.visits, "还没有走访过。"),
      list("快到期的", card.ends, "半年内没有到期的资质。"),
      list("缺哪些数", card.missing, "不缺。"),
      list("可以问", card.ask, "照常问问近况。"),
      list("不用再问", card.skip, "没有。"),
    ] : h("p", { class: "third" }, "这家还没有走访前看的内容，有信号时再打开一次。"),
    list("联系人", (firm.contacts || []).map((one) => `${one.name} ${one.post} ${one.phone}`), "没有登记联系人。"));
}
