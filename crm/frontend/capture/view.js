// Small helpers to build a page. Text is always set as text: what a firm said can never become markup.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value") element.value = value;
    else if (name === "hidden" || name === "checked" || name === "disabled" || name === "open") element[name] = Boolean(value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter(Boolean));
}

const WEEK = "日一二三四五六";

export function dayWords(iso) {
  const [year, month, day] = iso.split("-").map(Number);
  return `${iso} 周${WEEK[new Date(year, month - 1, day).getDay()]}`;
}

export function momentWords(time) {
  const at = new Date(time);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function say(text) {
  const line = document.querySelector("#said");
  if (line) line.textContent = text;
}

export function headline(text, note = "") {
  document.title = `${text} · 梯度`;
  document.querySelector("h1").textContent = text;
  document.querySelector("#note").textContent = note;
}
