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

for (const component of [Button, CharacterCount, ErrorSummary, Radios, ServiceNavigation, SkipLink]) {
  createAll(component);
}
