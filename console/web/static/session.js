// A customer's own conversation. Whatever arrives for it is shown in it, whoever is on the screen.

import { Refused, get, post, stream } from "/api.js";
import { Calls } from "/calls.js";
import { currentLanguage, has } from "/i18n.js";
import { Thread } from "/thread.js";

const KEPT = "centli.conversations";
const POLL_MS = 500;
const RECOVERIES = 5;
const RECOVERY_MS = 1_000;

export class Session {
  constructor(customer, log, { onChange, onAccepted, onConfirmation, onLocked }) {
    this.customer = customer;
    this.calls = new Calls();
    this.draft = "";
    this.isBusy = false;
    this.onChange = onChange;
    this.onAccepted = onAccepted;
    this.onConfirmation = onConfirmation;
    this.onLocked = onLocked;
    this.thread = new Thread(log, customer, {
      onDecision: (invocationId, decision) => this.decide(invocationId, decision),
      onSuggestion: (text) => this.say(text),
    });
    this.thread.welcome(currentLanguage());
    this.id = kept()[customer.user_id] ?? null;
    this.last = 0;
    this.catchingUp = null;
  }

  /** Show what the server has and this page has not, until no turn is under way. */
  catchUp() {
    this.catchingUp ??= this.#catchUp().finally(() => {
      this.catchingUp = null;
    });
    return this.catchingUp;
  }

  async #catchUp() {
    if (this.id === null) return;
    this.#setBusy(true);
    try {
      await this.#readOn();
    } catch (error) {
      if (error instanceof Refused && error.code === "NO_CONVERSATION") this.#forget();
      else if (error instanceof Refused && error.status === 401) this.onLocked();
      else throw error;
    } finally {
      this.#setBusy(false);
    }
  }

  async #readOn() {
    for (;;) {
      const told = await get(`/api/conversations/${this.id}?after=${this.last}`);
      this.#take(...told.transcript);
      if (!told.busy) return;
      await sleep(POLL_MS);
    }
  }

  /** Find out what became of a turn whose answer was lost, or of one that another window started. */
  async #recover() {
    for (let attempt = 0; attempt < RECOVERIES; attempt += 1) {
      await sleep(RECOVERY_MS);
      if (this.isBusy && !this.catchingUp) return; // a turn is under way, which shows it
      try {
        await this.catchUp();
        return;
      } catch {
        // when the server is back, the page catches up
      }
    }
  }

  async say(text) {
    if (this.isBusy || !text.trim()) return;
    await this.#turn("messages", { text });
  }

  async decide(invocationId, decision) {
    const card = this.thread.card;
    const wasSent = !this.isBusy && (await this.#turn("decisions", { invocation_id: invocationId, decision }));
    if (!wasSent) card?.reopen();
  }

  /** Send what starts a turn and show the turn; tell whether the server took it. */
  async #turn(what, body) {
    this.#setBusy(true);
    const before = this.last;
    try {
      if (this.id === null) await this.#open();
      let ended = false;
      let hasGap = false; // another window of this conversation spoke in between
      await stream(
        `/api/conversations/${this.id}/${what}`,
        (entry) => {
          ended ||= entry.type === "end";
          hasGap ||= entry.n > this.last + 1;
          if (!hasGap) this.#take(entry);
        },
        { body },
      );
      if (hasGap) await this.#readOn();
      if (!ended) throw new TypeError("the answer broke off");
    } catch (error) {
      this.#explain(error, this.last > before ? "lostTurn" : `lost-${what}`);
    } finally {
      this.#setBusy(false);
    }
    return this.last > before;
  }

  #explain(error, lost) {
    if (!(error instanceof Refused)) {
      this.thread.notice(lost);
      this.#recover();
      return;
    }
    if (error.status === 401) this.onLocked();
    else if (error.code === "NO_CONVERSATION") this.#forget();
    else this.thread.notice(has(`error${error.code}`) ? `error${error.code}` : "errorOther");
    if (error.code === "BUSY") this.#recover();
  }

  async #open() {
    const body = { user_id: this.customer.user_id, language: currentLanguage() };
    this.id = (await post("/api/conversations", body)).id;
    this.last = 0;
    keep({ ...kept(), [this.customer.user_id]: this.id });
  }

  #forget() {
    this.id = null;
    const { [this.customer.user_id]: _forgotten, ...others } = kept();
    keep(others);
    this.thread.forgetCards();
    this.thread.notice("newConversation");
  }

  #take(...entries) {
    const news = entries.filter(({ n }) => n === undefined || n > this.last);
    this.last = news.at(-1)?.n ?? this.last;
    this.thread.apply(news);
    for (const entry of news) {
      this.calls.apply(entry);
      if (entry.type === "said") this.onAccepted(this, entry.text);
    }
    if (news.some(({ type }) => type === "confirmation") && this.thread.card.isOpen) this.onConfirmation(this);
    this.onChange(this);
  }

  #setBusy(isBusy) {
    this.isBusy = isBusy;
    this.onChange(this);
  }
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function kept() {
  return JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
}

function keep(conversations) {
  sessionStorage.setItem(KEPT, JSON.stringify(conversations));
}
