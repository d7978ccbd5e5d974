// Fields that are asked only after a certain answer appear with it. Without this script they all stand there, each with
// the words "Answer only if …"; what is typed where nothing is asked is left out by the server either way.
//
// data-only-if: the name of the fields that decide; data-only-if-value: the answer after which it is asked (none: any
// tick); data-only-if-many: that is several answers, with "|" between them.

const asked = [...document.querySelectorAll("[data-only-if]")];

const chosen = (name) =>
  [...document.getElementsByName(name)]
    .filter((one) => one.checked || one.matches("select"))
    .filter((one) => !one.closest("[data-only-if][hidden]"))
    .map((one) => one.value);

const update = () => {
  for (const group of asked) {
    const answers = chosen(group.dataset.onlyIf);
    const wanted = group.dataset.onlyIfValue;
    const one = group.dataset.onlyIfMany === undefined ? [wanted] : wanted.split("|");
    group.hidden = !(wanted ? answers.some((answer) => one.includes(answer)) : answers.length);
  }
};

if (asked.length) {
  for (const words of document.querySelectorAll("[data-only-if-words]")) words.hidden = true;
  document.addEventListener("change", update);
  window.addEventListener("pageshow", update); // the browser put back what was typed
  update();
}
