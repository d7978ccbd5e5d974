// What JavaScript adds to pages that work without it: only the components that the pages use.
import {
  Button,
  CharacterCount,
  ErrorSummary,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll,
} from "govuk-frontend";

// No radio may say that it is expanded (ARIA 1.2). What one reveals comes next in the page, so nobody misses it.
class QuietRadios extends Radios {
  syncConditionalRevealWithInputState(input) {
    super.syncConditionalRevealWithInputState(input);
    input.removeAttribute("aria-expanded");
  }
}

for (const component of [Button, CharacterCount, ErrorSummary, QuietRadios, ServiceNavigation, SkipLink]) {
  createAll(component);
}

// A part of a page that shows how far work has come follows it: read again while it says so, the whole page at the end.
const follow = (part) =>
  setTimeout(async () => {
    const answer = await fetch(window.location.href).catch(() => null);
    const read = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = read && read.getElementById(part.dataset.engageFollow);
    if (read && !now) return window.location.reload();
    if (now) part.replaceWith(now);
    follow(now || part);
  }, 2000);

document.querySelectorAll("[data-engage-follow]").forEach(follow);
