// The board of issues: a card dragged to a column opens the move that leads there; M on a card opens its menu, arrows go
// from card to card. Every move is a link in the card's menu, so that nothing here is needed.
const board = document.querySelector("[data-board]");

if (board) {
  let dragged = null;
  const columns = () => [...board.querySelectorAll(".column")];
  const linkTo = (card, column) => card.querySelector(`a[data-to="${column.id.replace("column-", "")}"]`);
  const clear = () => columns().forEach((column) => column.classList.remove("takes", "refuses", "over"));

  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-card]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.textContent.trim().slice(0, 40));
    columns().forEach((column) => column.classList.add(linkTo(dragged, column) ? "takes" : "refuses"));
  });
  board.addEventListener("dragover", (event) => {
    const column = event.target.closest(".column");
    if (!dragged || !column || !linkTo(dragged, column)) return;
    event.preventDefault();
    columns().forEach((other) => other.classList.toggle("over", other === column));
  });
  board.addEventListener("drop", (event) => {
    const column = event.target.closest(".column");
    const link = dragged && column && linkTo(dragged, column);
    if (!link) return;
    event.preventDefault();
    clear();
    link.click();
  });
  board.addEventListener("dragend", () => { dragged = null; clear(); });

  board.addEventListener("keydown", (event) => {
    const card = event.target.closest("[data-card]");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const menu = card.querySelector("details.menu");
    if (event.key.toLowerCase() === "m" && menu) {
      event.preventDefault();
      event.stopPropagation();
      menu.open = true;
      const first = menu.querySelector("a");
      if (first) first.focus();
      return;
    }
    const inside = event.target.closest("details.menu[open] .sheet");
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = inside ? [...inside.querySelectorAll("a")] : [...card.parentElement.querySelectorAll("[data-card] .name")];
    const here = inside ? event.target : card.querySelector(".name");
    const next = stops[stops.indexOf(here) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  });
}
