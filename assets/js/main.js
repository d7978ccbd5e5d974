import "htmx.org";
import { initAll } from "govuk-frontend";

initAll();
