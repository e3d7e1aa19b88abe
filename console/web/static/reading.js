// What the offline brain read in a message: the person's own words underlined, and told in a list.

import { make, words } from "/dom.js";

/** Underline the words of a message and add a list, folded, of what each was read as. */
export function underline(bubble, spans) {
  if (!bubble || bubble.querySelector(".reading")) return;
  bubble.setAttribute("aria-live", "off"); // it was announced when it was said
  const pieces = spans.map(({ text, read_as: readAs }) => (readAs ? piece(text, readAs) : text));
  bubble.querySelector(".words").replaceChildren(...pieces);
  const rows = spans
    .filter(({ read_as: readAs }) => readAs)
    .flatMap(({ text, read_as: readAs, label }) => [make("dt", "", piece(text, readAs)), make("dd", "", label)]);
  if (rows.length === 0) return;
  bubble.append(make("details", "fold reading", make("summary", "", words("span", "", "reading")), make("dl", "", ...rows)));
}

function piece(text, readAs) {
  const element = make("span", "read", text);
  element.dataset.as = readAs;
  return element;
}
