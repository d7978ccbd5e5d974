// Keeps the reply board up to date while it is looked at. Asks with the last ETag, so that nothing comes while nothing
// happened; rests in a hidden tab. The filters, what is typed there, the focus and the place on the page stay.
const EVERY = 15_000;
const said = document.getElementById("board-said");
let since = said.dataset.since;
let mark = "";
let timer = 0;

const show = (html) => {
  const held = document.activeElement?.getAttribute("href");
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const id of ["board-top", "board-list"]) {
    const old = document.getElementById(id);
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(fresh.getElementById(id));
    if (hadFocus && held) document.querySelector(`#${id} [href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  }
};

const look = async () => {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const address = `${said.dataset.part}&since=${encodeURIComponent(since)}`;
    const answer = await fetch(address, { cache: "no-store", headers: mark ? { "If-None-Match": mark } : {} });
    if (answer.redirected || [401, 403, 404].includes(answer.status)) return; // signed out: the page stays as it is
    if (answer.ok) {
      const board = await answer.json();
      if (mark || board.said) show(board.html);
      if (board.said) said.textContent = board.said;
      mark = answer.headers.get("ETag");
      since = board.since;
    }
  } catch {
    // no network now: the next look tells
  }
  timer = setTimeout(look, EVERY);
};

document.addEventListener("visibilitychange", look);
timer = setTimeout(look, EVERY);
