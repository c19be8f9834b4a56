// Imports: files dropped anywhere on the page, pages that follow the work, the queue by key. All of it works without.

// As if its button were pressed; not every browser has form.requestSubmit.
const press = (form) => form.querySelector('button[type="submit"]').click();

// A part of a page that asks for the page again while work goes on: <div id="x" data-refresh="1500">. The answer is the
// page as anybody would open it, so what it says is never older than the page.
function follow() {
  const part = document.querySelector("[data-refresh]");
  if (!part || !part.id) return;
  window.setTimeout(async () => {
    let fresh = null;
    if (!document.hidden) {
      try {
        const answer = await fetch(window.location.href, { headers: { "X-Requested-With": "refresh" } });
        if (answer.ok && !answer.redirected) {
          fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
        }
      } catch {
        // The network was away for a moment: the next turn asks again.
      }
    }
    if (fresh) {
      const held = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      part.replaceWith(fresh);
      if (window.htmx) window.htmx.process(fresh);
      if (held) fresh.querySelector(`[href="${CSS.escape(held)}"]`)?.focus();
    }
    follow();
  }, Number(part.dataset.refresh));
}
follow();

// Files dropped on the place for them, chosen ones named before they go; each is sent by itself, so that one that is too
// large or broken holds up no other and each says how far it is.
const zone = document.querySelector("[data-drop]");
if (zone) {
  const form = zone.querySelector("form");
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector("[data-chosen]");
  const size = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

  const line = (file) => {
    const item = document.createElement("li");
    const name = document.createElement("b");
    name.textContent = file.name;
    const state = document.createElement("span");
    state.className = "end";
    state.textContent = size(file.size);
    item.append(name, state);
    return { item, state };
  };
  const show = () => {
    list.textContent = "";
    [...input.files].forEach((file) => list.append(line(file).item));
  };
  input.addEventListener("change", show);

  ["dragenter", "dragover"].forEach((name) => document.addEventListener(name, (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    zone.classList.add("over");
  }));
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    zone.classList.remove("over");
    input.files = event.dataTransfer.files;
    show();
    press(form);
  });

  const send = (file, drop, told) => new Promise((resolve) => {
    const body = new FormData(form);
    body.delete("files");
    body.append("files", file);
    if (drop) body.append("drop", drop);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && event.total) told(`${Math.round((100 * event.loaded) / event.total)}%`);
    });
    const failed = { error: "没有传上去，网断了或文件太大。其余的照常，这个请再传一次" };
    request.addEventListener("load", () => resolve(request.response && (request.response.drop || request.response.error) ? request.response : failed));
    request.addEventListener("error", () => resolve(failed));
    request.send(body);
  });

  form.addEventListener("submit", async (event) => {
    if (input.files.length < 2) return;
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.sending !== undefined) return;
    form.dataset.sending = "";
    const button = form.querySelector(".buttons button");
    button.disabled = true;
    list.textContent = "";
    let drop = null;
    let url = null;
    let wrong = 0;
    const lines = [...input.files].map((file) => ({ file, ...line(file) }));
    lines.forEach(({ item }) => list.append(item));
    for (const { file, item, state } of lines) {
      state.textContent = "正在传";
      const answer = await send(file, drop, (share) => { state.textContent = share; });
      if (answer.error) {
        wrong += 1;
        state.textContent = "没收下";
        const why = document.createElement("span");
        why.className = "wrong";
        why.textContent = answer.error;
        item.append(why);
      } else {
        drop = drop || answer.drop;
        url = answer.url;
        state.textContent = "收到，正在读";
      }
    }
    if (url && !wrong) {
      window.location.href = url;
      return;
    }
    if (url) {
      const go = document.createElement("li");
      const link = document.createElement("a");
      link.href = url;
      link.className = "button main";
      link.textContent = `看收下的 ${lines.length - wrong} 个`;
      go.append(link);
      list.append(go);
      link.focus();
    }
    input.value = "";
    delete form.dataset.sending;
    button.disabled = false;
  }, true);
}

// The queue: a digit, n or s decides at once; arrows, j and k move the mark, Enter decides for it.
const choose = document.querySelector("form[data-choose]");
if (choose) {
  const radios = () => [...choose.querySelectorAll('input[type="radio"]')];
  const writing = (target) => target.matches("textarea, select, input:not([type=radio])");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    const key = event.key.toLowerCase();
    // With the mark on a choice the keys of the page go on working.
    const named = event.target.matches('input[type="radio"]') && document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (named) {
      event.preventDefault();
      named.click();
      return;
    }
    const picked = radios().find((radio) => radio.dataset.pick === key);
    if (picked) {
      event.preventDefault();
      picked.checked = true;
      press(choose);
      return;
    }
    const step = { arrowdown: 1, j: 1, arrowup: -1, k: -1 }[key];
    if (step) {
      event.preventDefault();
      const all = radios();
      const at = all.findIndex((radio) => radio.checked);
      const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length];
      next.checked = true;
      next.focus({ preventScroll: false });
      return;
    }
    if (key === "enter" && !event.target.closest("a, button, summary")) {
      event.preventDefault();
      if (radios().some((radio) => radio.checked)) press(choose);
    }
  });
}
