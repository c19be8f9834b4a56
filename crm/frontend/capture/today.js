// 今日: what is planned, what was saved, one button to begin.
import * as kept from "./store.js";
import { dayWords, fill, h, headline, momentWords, say } from "./view.js";
import { today } from "./ids.js";

export async function open(root, params) {
  headline("今日", dayWords(today()));
  const bundle = await kept.bundle();
  if (params.get("saved")) say("已存在手机里，有信号就发出。");
  const plan = bundle ? bundle.today : [];
  const sent = await kept.receipts();
  const person = await kept.kept("person");
  const mine = sent.filter((row) => !person || !row.person || row.person.id === person.id);
  fill(root,
    h("section", { class: "card" }, h("div", { class: "head" }, h("h2", {}, "今天要去")), h("div", { class: "body" },
      plan.length ? h("ul", { class: "firm-list" }, plan.map((line) => h("li", { class: "line" },
        h("div", {}, line.firm_id ? h("a", { href: `/m/firms/${line.firm_id}` }, line.firm) : h("b", {}, line.what), h("span", { class: "second" }, line.firm_id ? line.what : "")),
        line.done ? h("span", { class: "chip green" }, "已去") : line.firm_id ? h("a", { class: "button small", href: `/m/visits/new?firm=${line.firm_id}` }, "记走访") : null)))
        : h("p", { class: "third" }, bundle ? "今天没有安排，可以直接记一次走访。" : "有信号时登录一次，手机里就有企业和今天的安排，没有信号也能用。"),
      bundle ? null : h("p", {}, h("a", { class: "button", href: "/m/sign-in/?next=/m/" }, "去登录")))),
    h("p", {}, h("a", { class: "button main wide", href: "/m/visits/new" }, "记走访")),
    mine.length ? h("section", { class: "card" }, h("div", { class: "head" }, h("h2", {}, "已发出"), h("span", { class: "second" }, "有服务器回执")), h("div", { class: "body" },
      h("ul", { class: "firm-list" }, mine.map((row) => h("li", { class: "line" }, h("div", {}, row.url ? h("a", { href: row.url }, row.firm_name) : h("b", {}, row.firm_name), h("span", { class: "second" }, `回执 ${row.number}`)), h("span", { class: "second" }, momentWords(row.settled_at))))))) : null);
}
