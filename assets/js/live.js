// htmx, for the staff pages that ask for it in their block `scripts`: searching a list, ticking somebody in.
// The policy allows neither inline styles nor eval.
import htmx from "htmx.org";

htmx.config.includeIndicatorCSS = false;
