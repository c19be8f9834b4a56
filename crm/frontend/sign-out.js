// Signing out clears the phone's copy of firms; visits that were not sent stay, and the sign-in page says how many.

// The database of the phone pages; null when this browser never had one, which opening must not change.
function opened() {
  return new Promise((done) => {
    if (!window.indexedDB) { done(null); return; }
    const asked = indexedDB.open("tidu");
    asked.onupgradeneeded = () => asked.transaction.abort();
    asked.onsuccess = () => done(asked.result);
    asked.onerror = (event) => { event.preventDefault(); done(null); };
    asked.onblocked = () => done(null);
  });
}

async function dropCopy() {
  const database = await opened();
  if (!database) return;
  await new Promise((done) => {
    const work = database.transaction("kept", "readwrite");
    work.objectStore("kept").delete("bundle");
    work.oncomplete = work.onabort = done;
  });
  database.close();
}

async function countWaiting() {
  const database = await opened();
  if (!database) return 0;
  const count = await new Promise((done) => {
    const asked = database.transaction("queue").objectStore("queue").count();
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => done(0);
  });
  database.close();
  return count;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.action || !new URL(form.action).pathname.endsWith("/sign-in/out")) return;
  event.preventDefault();
  await dropCopy().catch(() => {});
  form.submit();
}, true);

if (/\/sign-in\/$/.test(location.pathname)) {
  countWaiting().then((count) => {
    const place = document.querySelector(".page-head");
    if (!count || !place) return;
    const words = document.createElement("div");
    words.className = "flash";
    words.setAttribute("role", "status");
    words.textContent = `这台设备上还有 ${count} 次走访没发出，都在，登录后自动发。`;
    place.after(words);
  }).catch(() => {});
}
