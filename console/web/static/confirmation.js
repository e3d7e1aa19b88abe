// The card that asks for a confirmation: exactly what will be done, and two buttons.

import { button, make } from "/dom.js";
import { say } from "/i18n.js";

/** Return a value with its identifier, which stands in brackets at the end, kept on one line. */
function inParts(value) {
  const [, name, id] = /^(.* )(\(\S+\))$/s.exec(value) ?? [];
  return id ? [name, make("span", "ref", id)] : [value];
}

export class Confirmation {
  constructor(asked, onDecision) {
    this.invocationId = asked.invocation_id;
    this.isInDoubt = asked.is_in_doubt;
    this.isOpen = true;
    const titleId = `confirm-${crypto.randomUUID()}`;
    const title = make("h3", "", asked.question);
    title.id = titleId;
    const rows = asked.rows.map(([label, value]) => {
      const name = make("th", "", label);
      name.scope = "row";
      return make("tr", "", name, make("td", "", ...inParts(value)));
    });
    const table = make("table", "", make("tbody", "", ...rows));
    table.id = `${titleId}-details`;
    const warnings = asked.warnings.map((warning) => make("li", "", warning.message));
    this.buttons = [
      button("primary", "confirm", () => this.#choose("CONFIRM", onDecision)),
      button("secondary", "cancel", () => this.#choose("DENY", onDecision)),
    ];
    this.foot = make("div", "foot", ...this.buttons);
    this.element = make("section", "confirmation", title, table);
    if (warnings.length) this.element.append(make("ul", "warnings", ...warnings));
    this.element.append(this.foot);
    this.element.setAttribute("aria-labelledby", titleId);
    this.element.setAttribute("aria-describedby", table.id);
    this.element.tabIndex = -1;
  }

  #choose(decision, onDecision) {
    if (!this.isOpen) return;
    this.#disable();
    onDecision(this.invocationId, decision);
  }

  #disable() {
    this.isOpen = false;
    for (const each of this.buttons) each.disabled = true;
  }

  /** Let the person choose again, when the choice could not be sent. */
  reopen() {
    this.isOpen = true;
    for (const each of this.buttons) each.disabled = false;
  }

  /** Show what became of it: `confirmed`, `declined` or `closed`. */
  close(how) {
    if (this.element.dataset.state === "confirmed" || this.element.dataset.state === "declined") return;
    this.#disable();
    this.element.dataset.state = how;
    const line = this.foot.querySelector("p") ?? this.foot.appendChild(make("p", "chosen"));
    say(line, how === "declined" && this.isInDoubt ? "declinedInDoubt" : how);
    this.foot.replaceChildren(...(how === "closed" ? [line] : [...this.buttons, line]));
  }
}
