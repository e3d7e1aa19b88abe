// The card that asks for a confirmation: the bank's terms, two buttons, and what became of it.

import { button, make, words } from "/dom.js";
import { holdButton } from "/hold.js";
import { say } from "/i18n.js";

const NO_WARNING = { warnings: [] };

export class Confirmation {
  /** `before` is what was asked when the person said yes to terms that are no longer true. */
  constructor(asked, onDecision, before = null) {
    this.asked = asked;
    this.invocationId = asked.invocation_id;
    this.onDecision = onDecision;
    this.isOpen = true;
    this.expiresAt = asked.expires_at && !asked.is_in_doubt ? Date.parse(asked.expires_at) : Infinity;
    const cancel = button("secondary", "cancel", () => this.#choose("DENY"));
    this.confirm = this.#confirmButton();
    this.buttons = [this.confirm, cancel];
    this.foot = make("div", "foot", ...this.buttons);
    this.element = make("div", "confirmation");
    this.element.role = "group"; // no landmark: a conversation has many, with the same question
    this.element.tabIndex = -1;
    this.#fill(before);
    if (Number.isFinite(this.expiresAt)) this.#waitForTheEnd();
  }

  get state() {
    return this.element.dataset.state ?? "open";
  }

  #fill(before) {
    const id = `confirm-${crypto.randomUUID()}`;
    const title = make("h3", "", this.asked.question);
    title.id = id;
    const terms = make("div", "terms");
    terms.id = `${id}-terms`;
    if (before) terms.append(words("p", "changed", "changedTerms"));
    if (this.asked.headline) terms.append(make("p", "headline", ...changed(before?.headline, this.asked.headline)));
    terms.append(...warnings(this.asked, before), table(this.asked, before));
    this.element.append(title, terms);
    if (this.hint) this.element.append(this.hint);
    this.element.append(this.foot);
    this.element.setAttribute("aria-labelledby", title.id);
    this.element.setAttribute("aria-describedby", terms.id);
  }

  /** Return what says yes: a click, or where that is too easily done, a long press. */
  #confirmButton() {
    if (!this.asked.must_repeat) return button("primary", "confirm", () => this.#choose("CONFIRM"));
    const typed = { text: this.asked.must_repeat };
    this.hint = words("p", "hold-hint", "holdHint", typed);
    this.hint.id = `hold-${crypto.randomUUID()}`;
    const held = holdButton("primary", "holdToConfirm", {
      onHold: () => {
        this.hint.style.minHeight = `${this.hint.offsetHeight}px`; // the button stays under the pointer
        say(this.hint, "holding");
      },
      onLetGo: () => say(this.hint, "holdMore", typed),
      onHeld: () => this.#choose("CONFIRM"),
      onReleased: () => this.element.dispatchEvent(new CustomEvent("released")),
    });
    held.setAttribute("aria-describedby", this.hint.id);
    return held;
  }

  #choose(decision) {
    if (decision === "CONFIRM" && Date.now() >= this.expiresAt) this.#expire();
    else if (this.isOpen) {
      this.#disable();
      this.onDecision(this.invocationId, decision);
    }
  }

  #disable() {
    this.isOpen = false;
    for (const each of this.buttons) each.disabled = true;
  }

  #waitForTheEnd() {
    const left = this.expiresAt - Date.now();
    if (left <= 0) this.#expire();
    else setTimeout(() => this.#waitForTheEnd(), Math.min(left, 60_000));
  }

  /** After its time the card can only be cancelled. */
  #expire() {
    if (!this.isOpen || this.state !== "open") return;
    this.confirm.disabled = true;
    this.#show("expired");
  }

  /** Let the person choose again, when the choice could not be sent. */
  reopen() {
    if (this.state !== "open" && this.state !== "expired") return;
    this.isOpen = true;
    for (const each of this.buttons) each.disabled = each === this.confirm && this.state === "expired";
  }

  /** Show what the person decided. */
  decide({ decision, said_else: saidElse }) {
    this.#disable();
    if (decision === "CONFIRM") this.#show("sent");
    else if (this.asked.is_in_doubt) this.#show("declinedInDoubt");
    else this.#show(saidElse ? "saidElse" : "declined");
  }

  /** Show what the bank says became of it. */
  settle({ state, message, language }) {
    this.#disable();
    const told = make("strong", "", make("bdi", "", message));
    told.lang = language;
    this.#show(state, told);
  }

  /** Show that it is no longer waited for. */
  close() {
    const closed = { open: "closed", expired: "closed", sent: "unknown" }[this.state];
    if (!closed) return;
    this.#disable();
    this.#show(closed);
  }

  #show(state, told = null) {
    this.element.dataset.state = state;
    const line = make("p", "chosen", told ?? words("strong", "", `card-${state}`));
    if (this.hint && state !== "open") this.hint.hidden = true;
    this.foot.replaceChildren(...(this.isOpen ? this.buttons : []), line);
  }
}

/** Return a value whose identifier, which stands in brackets at the end, stays on one line. */
function inParts(value) {
  const [, name, id] = /^(.* )(\(\S+\))$/s.exec(value) ?? [];
  return id ? [make("bdi", "", name), make("span", "ref", id)] : [make("bdi", "", value)];
}

/** Return a value, after the one that it had before if it is another now. */
function changed(was, now) {
  if (was === undefined || was === now) return inParts(now);
  const before = make("del", "", words("span", "unseen", "before"), ...(was === null ? [] : inParts(was)));
  return [...(was === null ? [] : [before, " "]), make("ins", "", ...inParts(now))];
}

function table(asked, before) {
  const earlier = before && new Map(before.rows);
  const rows = asked.rows.map(([label, value]) => row(label, changed(earlier ? (earlier.get(label) ?? null) : undefined, value)));
  const labels = new Set(asked.rows.map(([label]) => label));
  for (const [label, value] of earlier ?? []) {
    if (!labels.has(label)) rows.push(row(label, [make("del", "", words("span", "unseen", "before"), ...inParts(value))]));
  }
  return make("table", "", make("tbody", "", ...rows));
}

function row(label, value) {
  const name = make("th", "", label);
  name.scope = "row";
  return make("tr", "", name, make("td", "", ...value));
}

function warnings(asked, before) {
  const known = new Set((before ?? NO_WARNING).warnings.map(({ code }) => code));
  const shown = asked.warnings.map(({ code, message }) => {
    const isNew = before && !known.has(code);
    return make("li", "", ...(isNew ? [words("strong", "", "newWarning"), " "] : []), make("bdi", "", message));
  });
  return shown.length ? [make("ul", "warnings", ...shown)] : [];
}
