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
