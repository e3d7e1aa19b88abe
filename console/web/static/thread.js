// What a conversation looks like. It is given the entries of its transcript, in order.

import { Confirmation } from "/confirmation.js";
import { make, words } from "/dom.js";
import { hour } from "/format.js";
import { has, say } from "/i18n.js";
import { underline } from "/reading.js";

const ALIASES = {
  "user-maria": "mi hermano",
  "user-juan": "mi hermana",
  "user-sofia": "Mari",
  "user-carlos": "mi amor",
  "user-elena": "mi hijo",
};
const SUGGESTIONS = {
  es: (alias) => ["¿Cuánto tengo?", ...(alias ? [`Transfiere 100 pesos a ${alias}`] : []), "Quiero una tele"],
  en: (alias) => ["How much do I have?", ...(alias ? [`Send 100 pesos to ${alias}`] : []), "I want a TV"],
};
const NEAR_THE_END = 80;
const MAX_SHOWN = 1_000;

export class Thread {
  /** `log` is the element that scrolls; `onDecision` is told of choices, `onSuggestion` of chips. */
  constructor(log, customer, { onDecision, onSuggestion }) {
    this.log = log;
    this.customer = customer;
    this.onDecision = onDecision;
    this.onSuggestion = onSuggestion;
    this.element = make("div", "thread");
    this.message = null;
    this.said = null;
    this.card = null;
    this.waiting = new Map(); // cards of which it is not known what became of them, by their ids
    this.working = null;
  }

  /** Greet with what can be said, as long as nothing was. */
  welcome(language) {
    this.element.querySelector(".welcome")?.remove();
    if (this.element.querySelector(".message")) return;
    const chips = SUGGESTIONS[language](ALIASES[this.customer.user_id]).map((text) => {
      const chip = make("button", "chip", text);
      chip.type = "button";
      chip.addEventListener("click", () => this.onSuggestion(text));
      return chip;
    });
    const [name] = this.customer.name.split(" ");
    this.element.prepend(
      make("div", "welcome", words("h3", "", "hello", { name }), words("p", "quiet", "helloText"), make("div", "chips", ...chips)),
    );
  }

  /** Show entries as one: where the end was in sight it is so afterwards. */
  apply(entries) {
    const isAtEnd = this.#isAtEnd();
    for (const entry of entries) this.#show(entry);
    while (this.element.childElementCount > MAX_SHOWN) this.element.firstElementChild.remove();
    if (isAtEnd || entries.some(({ type }) => type === "said")) this.scrollToEnd();
  }

  /** Show the end; of a greeting or an open card that is too high to be seen whole, how it begins. */
  scrollToEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    const last = this.working?.previousElementSibling ?? this.element.lastElementChild;
    if (!last.matches(".welcome") && !(this.card?.isOpen && this.card.element === last)) return;
    if (last.offsetHeight > Math.min(this.log.clientHeight, innerHeight)) last.scrollIntoView({ block: "start" });
  }

  /** Show a notice that is not part of the transcript. */
  notice(key) {
    this.#add(words("p", "notice", key));
    this.scrollToEnd();
  }

  #isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_THE_END;
  }

  #show(entry) {
    if (entry.language && this.said) this.said.lang ||= entry.language;
    switch (entry.type) {
      case "said":
        this.element.querySelector(".welcome")?.remove();
        this.said = this.#bubble("mine", "you", entry);
        this.#add(this.said);
        this.#work("thinking");
        break;
      case "reading":
        underline(this.said, entry.spans);
        break;
      case "chosen":
        this.#work("thinking");
        break;
      case "text":
        if (!this.message) {
          this.message = inLanguage(entry, make("p", "words"));
          this.#add(this.#bubble("theirs", "agent", entry, this.message));
        }
        this.message.append(entry.delta);
        break;
      case "request":
        this.#work(`operation-${entry.operation_id}`);
        break;
      case "response":
      case "rejected":
        this.#work("thinking");
        break;
      case "confirmation":
        this.#ask(entry);
        break;
      case "decision":
        this.waiting.get(entry.invocation_id)?.decide(entry);
        break;
      case "settled":
        this.waiting.get(entry.invocation_id)?.settle(entry);
        break;
      case "problem":
        this.#add(inLanguage(entry, make("p", "problem", entry.message)));
        break;
      case "missed":
        this.#add(words("p", "notice", "missed"));
        break;
      case "end":
        this.#end(entry.pending);
        break;
    }
  }

  /** Show a card: in the place of the one before, where its terms changed. */
  #ask(asked) {
    const before = this.card?.state === "changed" ? this.card.asked : null;
    this.waiting.get(asked.invocation_id)?.close();
    if (this.card?.isOpen) this.card.close();
    this.card = new Confirmation(asked, this.onDecision, before);
    inLanguage(asked, this.card.element);
    this.waiting.set(asked.invocation_id, this.card);
    this.#add(this.card.element);
  }

  #end(pending) {
    if (this.card?.invocationId === pending) this.card.reopen();
    else this.forgetCards();
    this.message = null;
    this.working?.remove();
    this.working = null;
  }

  /** Show that no card waits any more. */
  forgetCards() {
    for (const card of this.waiting.values()) card.close();
    this.waiting.clear();
  }

  #bubble(side, who, entry, content = make("p", "words", entry.text ?? "")) {
    const time = make("time", "", hour(entry.at));
    time.dateTime = entry.at;
    return make("article", `message ${side}`, words("span", "unseen", who), content, time);
  }

  #work(key) {
    if (!this.working) {
      const dots = make("span", "dots", make("i"), make("i"), make("i"));
      dots.setAttribute("aria-hidden", "true");
      this.working = make("p", "working", dots, make("span"));
      this.working.setAttribute("aria-hidden", "true");
    }
    const known = has(key) ? key : "thinking";
    say(this.working.lastChild, known);
    this.element.append(this.working);
  }

  #add(element) {
    if (this.working) this.working.before(element);
    else this.element.append(element);
  }
}

/** Mark what an entry says as of its language, which may be another than the page's. */
function inLanguage({ language }, element) {
  element.lang = language;
  return element;
}
