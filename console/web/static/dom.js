// Making elements: text is only ever set as text.

import { say } from "/i18n.js";

/** Return a new element with a class and what is in it: elements, or text. */
export function make(tag, className = "", ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Return a new element with words that follow the language of the page. */
export function words(tag, className, key, values) {
  return say(make(tag, className), key, values);
}

/** Return why something was refused, in the words of the functions, which are English. */
export function reason(text) {
  const told = make("p", "reason", text);
  told.lang = "en";
  return told;
}

export function button(className, key, onClick) {
  const element = words("button", className, key);
  element.type = "button";
  element.addEventListener("click", onClick);
  return element;
}

/** Return something that opens to show JSON, which is written only when it is opened. */
export function foldedJson(key, value, detail = "") {
  const pre = make("pre", "json");
  pre.tabIndex = 0;
  const summary = make("summary", "", words("span", "", key));
  if (detail) summary.append(make("code", "", detail));
  const details = make("details", "fold", summary, pre);
  details.addEventListener("toggle", () => {
    if (details.open && !pre.textContent) pre.textContent = JSON.stringify(value, null, 2);
  });
  return details;
}
