// The form: the firm, a day, one sentence, 保存. What is typed is kept on every keystroke.
import { offered, search } from "./firms.js";
import { newUuid, today } from "./ids.js";
import { shrunk } from "./pictures.js";
import { findFirms, flush } from "./queue.js";
import * as kept from "./store.js";
import { fill, h, headline, say } from "./view.js";

const MOST_PHOTOS = 9;
const LISTS = ["services", "purposes", "colleagues"];
let state;

function blank(person) {
  return { uuid: newUuid(), firm: null, person, fields: { visit_on: today() }, services: [], purposes: [], colleagues: [], photos: [], written_at: new Date().toISOString() };
}

// The draft itself; photos ride along so that closing the browser loses none.
let saving = Promise.resolve();
function saveDraft() {
  const copy = copyOf(state);
  saving = saving.then(async () => (await kept.store()).put("drafts", copy, "form"));
  return saving;
}
function copyOf(value) {
  const lists = Object.fromEntries(LISTS.map((name) => [name, [...(value[name] || [])]]));
  return { ...value, ...lists, fields: { ...value.fields }, photos: [...value.photos] };
}

const typed = (name) => (state.fields[name] || "").trim();

function field(name, label, element, hint = "") {
  const id = `f-${name}`;
  element.id = id;
  element.name = name;
  if (state.fields[name] !== undefined) element.value = state.fields[name];
  element.addEventListener("input", () => { state.fields[name] = element.value; saveDraft(); });
  return h("div", { class: "field", id: `field-${name}` }, h("label", { for: id }, label), element, hint && h("div", { class: "hint" }, hint), h("div", { class: "wrong", hidden: true }));
}

function picker(bundle) {
  const list = h("ul", { class: "firm-list" });
  const choose = (firm) => { state.firm = { id: firm.id, name: firm.name }; saveDraft(); draw(bundle); const words = document.querySelector("#f-text"); if (words) words.focus(); };
  const row = (firm, note) => h("li", {}, h("button", { type: "button", class: "firm", onclick: () => choose(firm) }, h("b", {}, firm.name), h("span", { class: "second" }, note || firm.area || "")));
  const start = () => {
    const { planned, recent } = offered(bundle);
    fill(list,
      planned.length && h("li", { class: "group" }, "今天要去"), planned.map((firm) => row(firm, "在今天的安排里")),
      recent.length && h("li", { class: "group" }, "最近"), recent.map((firm) => row(firm)),
      !planned.length && !recent.length && h("li", { class: "third" }, "输入企业名找一家"));
  };
  let asking = 0;
  const box = h("input", { type: "search", id: "firm-search", autocomplete: "off", placeholder: "企业名、拼音首字母或信用代码" });
  box.addEventListener("input", () => {
    if (!box.value.trim()) { start(); return; }
    const found = search(bundle.firms, box.value);
    const show = (more, note) => fill(list, [...found, ...more].map((firm) => row(firm)), note && h("li", { class: "third" }, note));
    show([], found.length ? "" : "手机里没有，正在向服务器找……");
    window.clearTimeout(asking);
    asking = window.setTimeout(async () => {
      const words = box.value;
      const more = await findFirms(words);
      if (words !== box.value) return;
      const beyond = (more || []).filter((firm) => !found.some((known) => known.id === firm.id));
      show(beyond, found.length || beyond.length ? "" : more ? "没有符合的企业，换个写法再找" : "手机里没有这家，现在又没有信号。先写草稿，有信号时再选企业");
    }, 250);
  });
  start();
  return h("div", { class: "pick" }, h("label", { for: "firm-search" }, "哪家企业"), box, list);
}

function chosen(bundle) {
  const card = bundle && bundle.before && bundle.before[state.firm.id];
  return h("div", { class: "chosen" },
    h("div", {}, h("span", { class: "second" }, "企业"), h("b", {}, state.firm.name), card ? h("a", { href: `/m/firms/${state.firm.id}` }, "走访前看") : null),
    h("button", { type: "button", class: "button plain", onclick: () => { state.firm = null; saveDraft(); draw(bundle); } }, "换一家"),
    card && card.lately.length ? h("p", { class: "notice" }, `近期已走访：${card.lately.map((one) => `${one.days ? `${one.days} 天前` : "今天"} ${one.who}`).join("；")}。能合并就合并。`) : null);
}

function photos(most) {
  const strip = h("ul", { class: "photos" });
  const show = () => fill(strip, state.photos.map((photo, place) => h("li", {},
    h("img", { src: URL.createObjectURL(new Blob([photo.bytes], { type: photo.type })), alt: `照片 ${place + 1}` }),
    h("button", { type: "button", class: "button small", "aria-label": `去掉照片 ${place + 1}`, onclick: () => { state.photos.splice(place, 1); saveDraft(); show(); } }, "去掉"))));
  const input = h("input", { type: "file", accept: "image/*", multiple: true, id: "f-photos", class: "visually-hidden" });
  input.addEventListener("change", async () => {
    for (const file of input.files) {
      if (state.photos.length >= most) { say(`最多 ${most} 张照片`); break; }
      say("正在缩小照片……");
      try {
        const photo = await shrunk(file);
        if (!state.photos.some((known) => known.sha256 === photo.sha256)) state.photos.push(photo);
        say("");
      } catch (error) {
        say(error.message);
      }
      show();
      await saveDraft();
    }
    input.value = "";
  });
  show();
  return h("div", { class: "field" }, h("label", { class: "button", for: "f-photos" }, "拍照或选照片"), input, h("div", { class: "hint" }, "可不拍。照片在手机上缩小，去掉位置信息。"), strip);
}

function chips(name, legend, choices, several) {
  const current = () => (several ? (state[name] ??= []) : [state.fields[name] || choices[0]?.key]);
  return h("fieldset", { class: "field" }, h("legend", {}, legend), h("ul", { class: "choices" }, choices.map((choice) => {
    const box = h("input", { type: several ? "checkbox" : "radio", name: `c-${name}`, value: choice.key, checked: current().includes(choice.key) });
    box.addEventListener("change", () => {
      if (several) state[name] = box.checked ? [...state[name], choice.key] : state[name].filter((key) => key !== choice.key);
      else state.fields[name] = choice.key;
      saveDraft();
    });
    return h("li", {}, h("label", {}, box, ` ${choice.name}`));
  })));
}

function more(bundle) {
  const text = (rows) => h("textarea", { rows });
  return h("details", { class: "rest", open: Boolean(state.open) },
    h("summary", {}, "更多"),
    field("demand", "企业提的问题或需求", text(2), "照企业的原话写"),
    field("promise", "答复承诺", text(2), "答应了企业什么"),
    field("promise_on", "什么时候答复", h("input", { type: "date" })),
    field("answer", "当场答复了什么", text(2)),
    field("next_step", "下一步", text(2)),
    bundle ? chips("kind", "方式", bundle.kinds, false) : null,
    bundle && bundle.colleagues.length ? chips("colleagues", "同去的同事", bundle.colleagues.map((one) => ({ key: one.id, name: one.name })), true) : null,
    bundle ? chips("purposes", "目的", bundle.purposes, true) : null,
    bundle ? chips("services", "服务内容", bundle.services, true) : null,
    bundle && bundle.campaigns.length ? chips("campaign", "专项行动", [{ key: "", name: "没有" }, ...bundle.campaigns], false) : null,
    field("companions", "同去的专家或部门", h("input", { type: "text" }), "几位用顿号分开"),
    field("start_time", "几点到的", h("input", { type: "time" })),
    field("place", "地点", h("input", { type: "text" })));
}

// The body of the API; only what was filled in.
export function bodyOf(draft) {
  const words = (name) => (draft.fields[name] || "").trim();
  const body = { firm_id: draft.firm.id, visit_on: words("visit_on"), text: words("text"), written_at: draft.written_at };
  for (const name of ["kind", "campaign", "start_time", "place", "answer", "next_step"]) if (words(name)) body[name] = words(name);
  for (const name of ["services", "purposes"]) if ((draft[name] || []).length) body[name] = [...draft[name]];
  if ((draft.colleagues || []).length && draft.person) body.officers = [draft.person.id, ...draft.colleagues];
  if (words("companions")) body.companions = words("companions").split(/[、，,；;]/).map((name) => name.trim()).filter(Boolean).map((name) => ({ kind: "other", name }));
  if (words("demand")) body.demands = [{ words: words("demand") }];
  if (words("promise")) body.promises = [{ words: words("promise"), due_on: words("promise_on") }];
  if (draft.photos.length) body.photos = draft.photos.map((photo) => ({ sha256: photo.sha256 }));
  return body;
}

function faults() {
  const found = {};
  if (!state.firm) found.firm = "请先选企业";
  if (!typed("visit_on")) found.visit_on = "请填走访日期";
  else if (typed("visit_on") > today()) found.visit_on = "走访日期不能晚于今天。要记将来的，请放进周安排";
  if (!typed("text")) found.text = "请写一句情况";
  if (typed("promise") && !typed("promise_on")) found.promise_on = "请选哪天答复";
  if (!typed("promise") && typed("promise_on")) found.promise = "请写答应了什么";
  if (typed("promise_on") && typed("visit_on") && typed("promise_on") < typed("visit_on")) found.promise_on = "答复日期不能早于走访那天";
  return found;
}

export function showFaults(found) {
  document.querySelectorAll(".field.bad").forEach((one) => { one.classList.remove("bad"); one.querySelector(".wrong").hidden = true; });
  for (const [name, message] of Object.entries(found)) {
    const box = document.querySelector(`#field-${name}`);
    if (!box) { say(message); continue; }
    box.classList.add("bad");
    const wrong = box.querySelector(".wrong");
    wrong.textContent = message;
    wrong.hidden = false;
    const rest = box.closest("details");
    if (rest) rest.open = true;
  }
  const first = document.querySelector("#field-firm.bad ~ .pick input, .field.bad input, .field.bad textarea");
  if (first) first.focus();
}

async function save() {
  const found = faults();
  if (Object.keys(found).length) { showFaults(found); return; }
  const entry = {
    uuid: state.uuid, person: state.person, firm_name: state.firm.name, body: JSON.stringify(bodyOf(state)), draft: { ...copyOf(state), photos: [] },
    state: "waiting", queued_at: Date.now(), next_at: 0, tries: 0, error: "",
  };
  await saving;
  try {
    await kept.enqueue(entry, state.photos.map(({ sha256, type, bytes }) => ({ sha256, type, bytes })));
  } catch {
    say("手机存储满了，没有存上。写的都还在，请清出一点空间再保存。");
    return;
  }
  flush({ asked: true }).catch(() => {});
  location.assign("/m/?saved=1");
}

let root;
function draw(bundle) {
  const input = h("textarea", { rows: 6, required: true, placeholder: "看到什么、听到什么，一句话也行" });
  fill(root, h("form", { class: "form capture", novalidate: true, onsubmit: (event) => { event.preventDefault(); save(); } },
    h("div", { id: "field-firm", class: "field bare" }, h("div", { class: "wrong", hidden: true })),
    state.firm ? chosen(bundle) : picker(bundle || { firms: [], today: [], recent: [] }),
    field("visit_on", "哪一天", h("input", { type: "date", required: true, max: today() })),
    field("text", "情况", input),
    photos(bundle ? bundle.most_photos ?? MOST_PHOTOS : MOST_PHOTOS), more(bundle),
    h("div", { class: "buttons stick" }, h("button", { class: "button main wide", type: "submit" }, "保存"))));
}

export async function open(element, params) {
  root = element;
  const person = (await kept.kept("person")) || null;
  const bundle = await kept.bundle();
  const editing = params.get("edit");
  const entry = editing ? (await kept.waiting()).find((one) => one.uuid === editing && one.draft) : null;
  const draft = entry ? null : await (await kept.store()).get("drafts", "form");
  if (entry) state = { ...entry.draft, uuid: entry.uuid, photos: (await kept.photosOf(entry.uuid)).map(({ sha256, type, bytes }) => ({ sha256, type, bytes })) };
  else state = draft || blank(person);
  if (!entry && params.get("firm") && bundle) {
    const firm = bundle.firms.find((one) => String(one.id) === params.get("firm"));
    const other = state.firm && firm && state.firm.id !== firm.id && typed("text");
    if (firm && !other) state.firm = { id: firm.id, name: firm.name };
  }
  headline("记走访", entry ? "改好再发" : "");
  draw(bundle);
  if (draft && (typed("text") || state.photos.length)) {
    say("接着写上次没写完的。");
    root.querySelector("form").append(h("button", { type: "button", class: "button plain", onclick: async () => {
      await (await kept.store()).delete("drafts", "form");
      state = blank(person);
      say("");
      draw(bundle);
    } }, "丢掉，重新写"));
  }
  if (entry && entry.errors) showFaults(Object.fromEntries(Object.entries(entry.errors).map(([name, message]) => [{ firm_id: "firm", demands: "demand", promises: "promise" }[name] || name, message])));
}
