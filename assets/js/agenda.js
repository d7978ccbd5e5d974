// Lets items of an agenda be dragged to their place. The buttons do the same without it, and by keyboard: a drop sends
// the item's own form, with the place instead of "up" or "down".
const list = document.querySelector("[data-arrange]");
const items = list ? [...list.children] : [];
let held = null;

const aim = (item) => {
  for (const one of items) one.classList.toggle("engage-agenda__item--aim", one === item && one !== held);
};

for (const item of items) {
  const handle = document.createElement("span");
  handle.className = "engage-agenda__handle";
  handle.title = list.dataset.arrange;
  handle.draggable = true;
  handle.ariaHidden = "true";
  handle.textContent = "\u2630";
  item.append(handle);

  handle.addEventListener("dragstart", (event) => {
    held = item;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    event.dataTransfer.setDragImage(item, 0, 0);
  });
  handle.addEventListener("dragend", () => {
    held = null;
    aim(null);
  });
  item.addEventListener("dragover", (event) => {
    if (!held) return;
    event.preventDefault();
    aim(item);
  });
  item.addEventListener("drop", (event) => {
    if (!held || held === item) return;
    event.preventDefault();
    const form = held.querySelector("form");
    const place = document.createElement("input");
    place.type = "hidden";
    place.name = "way";
    place.value = String(items.indexOf(item) + 1);
    form.append(place);
    form.submit();
  });
}
