// Loaded on every page. Pages work without it; what stands here only makes them quicker to use.
import htmx from "htmx.org";

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
    document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    document.querySelectorAll(".suggest").forEach((box) => { box.textContent = ""; });
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
  if (form && form.dataset.auto !== undefined && !event.target.closest("[data-wait]")) form.requestSubmit();
  if (event.target.matches("input.tick-all")) {
    document.querySelectorAll("input.tick").forEach((box) => { box.checked = event.target.checked; });
  }
  if (event.target.matches("input.tick, input.tick-all")) showTicked();
});

function showTicked() {
  const count = document.querySelectorAll("input.tick:checked").length;
  document.querySelectorAll(".bulk").forEach((bar) => {
    bar.classList.toggle("open", count > 0);
    const shown = bar.querySelector("[data-ticked]");
    if (shown) shown.textContent = count;
  });
}
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-untick]")) return;
  event.preventDefault();
  document.querySelectorAll("input.tick, input.tick-all").forEach((box) => { box.checked = false; });
  showTicked();
});
showTicked();

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
