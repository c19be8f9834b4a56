// Loaded on every page. Pages work without it; what stands here only makes them quicker to use.
import htmx from "htmx.org";
import "./sign-out.js";
import "./imports.js";
import "./board.js";

// The content policy forbids eval and inline styles; htmx must not try.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
window.htmx = htmx;

const root = document.documentElement;
root.classList.add("js");

// Requests made by script carry the token that forms carry as a field.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});

// A second press of the same button sends nothing; coming back to the page frees it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.again !== undefined) return;
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  window.setTimeout(() => form.querySelectorAll('button:not([type="button"])').forEach((button) => { button.disabled = true; }), 0);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
  });
});

const typing = (target) => /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    const found = document.querySelector(".suggest a");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    else if (found) { found.parentElement.textContent = ""; document.querySelector("#find").focus(); }
    else if (document.querySelector("input.tick:checked")) untick();
    return;
  }
  if (event.target.closest(".top .find") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const stops = [document.querySelector("#find"), ...document.querySelectorAll(".suggest a")];
    const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
    return;
  }
  if (typing(event.target)) return;
  if (event.key === "/") {
    const find = document.querySelector("#find");
    if (find) { event.preventDefault(); find.focus(); find.select(); }
  }
  // Buttons and links that name a key: <button data-key="1">.
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (wanted) { event.preventDefault(); wanted.click(); }
});

// A click beside an open menu closes it.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

// Filters apply as soon as they are changed; without script there is a button.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  // A year still being typed (0002) is a date too.
  const half = event.target.type === "date" && event.target.value && event.target.value < "1900";
  if (form && form.dataset.auto !== undefined && !half && !event.target.closest("[data-wait]")) {
    if (form.requestSubmit) form.requestSubmit(); else form.submit();
  }
  if (event.target.matches("input.tick-all")) {
    document.querySelectorAll("input.tick").forEach((box) => { box.checked = event.target.checked; });
  }
  if (event.target.matches("input.tick, input.tick-all")) showTicked();
});

function showTicked() {
  const boxes = [...document.querySelectorAll("input.tick")];
  const count = boxes.filter((box) => box.checked).length;
  boxes.forEach((box) => { const row = box.closest("tr"); if (row) row.classList.toggle("ticked", box.checked); });
  document.querySelectorAll("input.tick-all").forEach((box) => {
    box.checked = count > 0 && count === boxes.length;
    box.indeterminate = count > 0 && count < boxes.length;
  });
  document.querySelectorAll(".bulk").forEach((bar) => {
    bar.classList.toggle("open", count > 0);
    const shown = bar.querySelector("[data-ticked]");
    if (shown) shown.textContent = count;
  });
}
function untick() {
  document.querySelectorAll("input.tick").forEach((box) => { box.checked = false; });
  showTicked();
}
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-untick]")) return;
  event.preventDefault();
  untick();
});
// Ticks that the browser kept when the person came back.
window.addEventListener("pageshow", showTicked);
showTicked();

// Shift and a tick takes the rows between, as in a workbook.
let lastTick = null;
document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches || !box.matches("input.tick")) return;
  const boxes = [...document.querySelectorAll("input.tick")];
  if (event.shiftKey && lastTick) {
    const [from, to] = [boxes.indexOf(lastTick), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(Math.max(from, 0), to + 1).forEach((one) => { one.checked = box.checked; });
    showTicked();
  }
  lastTick = box;
});

// Light or dark at once, and kept for the next visit.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-theme]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const body = new FormData(form);
  body.set("theme", event.submitter.value);
  root.dataset.bsTheme = event.submitter.value;
  form.querySelectorAll("button").forEach((button) => {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  });
  await fetch(form.action, { method: "POST", body, redirect: "manual" });
});

// The message of a failed form is where reading goes on.
const wrong = document.querySelector(".error-summary");
if (wrong) wrong.focus();

// A sentence for the report, on the clipboard.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = button.dataset.copy;
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Plain http on a local network has no clipboard interface; the old way still works.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "已复制";
  window.setTimeout(() => { button.textContent = before; }, 1600);
});

document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
