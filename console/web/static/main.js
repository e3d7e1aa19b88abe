// The page as a whole: who is on the screen, and what is told to whom.

import { addressFor, get, hasToken, takeAddress } from "/api.js";
import { Accounts, Changes } from "/changes.js";
import { Events } from "/events.js";
import { initials } from "/format.js";
import { chooseLanguage, currentLanguage, say, translate } from "/i18n.js";
import { Session } from "/session.js";
import { setUpTabs } from "/tabs.js";
import { setUpTheme } from "/theme.js";
import { Watching } from "/watching.js";

const USER = "centli.user";
const RETRY_MS = 1_000;
const BACK_MS = 2_500;
const SETTLE_MS = 150;

const at = (id) => document.getElementById(id);
const log = at("log");
const message = at("message");

class Page {
  constructor(started, wanted) {
    this.customers = new Map(started.customers.map((customer) => [customer.user_id, customer]));
    this.started = started;
    this.sessions = new Map();
    this.session = null;
    this.isLinked = true;
    const nameOf = (userId) => this.customers.get(userId)?.name ?? String(userId);
    this.events = new Events(nameOf);
    this.changes = new Changes(nameOf);
    this.accounts = new Accounts(at("accounts"));
    at("events").append(this.events.element);
    at("changes").append(this.changes.element);
    this.#fillCustomers();
    this.#listen();
    this.#showPlace(started.place);
    const first = this.customers.has(wanted) ? wanted : started.customers[0].user_id;
    this.show(first);
    this.#watch();
  }

  #fillCustomers() {
    for (const { user_id: userId, name } of this.customers.values()) {
      at("customer").append(new Option(name, userId));
    }
  }

  #listen() {
    at("customer").addEventListener("change", ({ target }) => this.show(target.value));
    at("everyone").addEventListener("change", () => this.#filter());
    setUpTabs(document.querySelector("[role=tablist]"), (id) => {
      at("everyone-row").hidden = id === "calls";
    });
    at("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.session.say(message.value);
    });
    message.addEventListener("input", () => {
      this.session.draft = message.value;
      fitMessage();
    });
    message.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.session.say(message.value);
    });
    for (const choice of at("views").querySelectorAll("button")) {
      choice.addEventListener("click", () => chooseView(choice.dataset.view));
    }
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") escape(event.target);
    });
    at("language").addEventListener("click", () => this.#retell());
  }

  #retell() {
    this.#showPlace(this.started.place);
    for (const { thread, calls } of this.sessions.values()) {
      thread.welcome(currentLanguage());
      translate(thread.element);
      translate(calls.element);
    }
  }

  #showPlace(place) {
    this.started.place = place;
    at("place").textContent = `${this.started.brain} · ${place}`;
    at("place").title = `CENTLI ${this.started.version}`;
  }

  /** Put a customer's conversation on the screen; the others go on where they are. */
  show(userId) {
    sessionStorage.setItem(USER, userId);
    const customer = this.customers.get(userId);
    this.session = this.sessions.get(userId) ?? this.#newSession(customer);
    at("customer").value = userId;
    at("avatar").textContent = initials(customer.name);
    at("other-window").href = addressFor(userId);
    document.title = `${customer.name.split(" ")[0]} · CENTLI`;
    log.setAttribute("aria-live", "off"); // what was said long ago is not news
    log.replaceChildren(this.session.thread.element);
    setTimeout(() => log.setAttribute("aria-live", "polite"), SETTLE_MS);
    at("calls").replaceChildren(this.session.calls.element);
    message.value = this.session.draft;
    fitMessage();
    this.session.thread.scrollToEnd();
    this.#filter();
    this.#changed(this.session);
    this.#readState();
  }

  #newSession(customer) {
    const session = new Session(customer, log, {
      onChange: (changed) => this.#changed(changed),
      onAccepted: (accepted, text) => this.#accepted(accepted, text),
      onConfirmation: (asked) => this.#confirmationAsked(asked),
      onLocked: lock,
    });
    this.sessions.set(customer.user_id, session);
    session.catchUp().catch(() => this.#linked(false));
    return session;
  }

  #changed(session) {
    if (session !== this.session) return;
    log.setAttribute("aria-busy", String(session.isBusy));
    at("composer").dataset.busy = String(session.isBusy);
    count("count-calls", session.calls.count);
  }

  #accepted(session, text) {
    if (session.draft.trim() !== text.trim()) return;
    session.draft = "";
    if (session !== this.session) return;
    message.value = "";
    fitMessage();
  }

  /** Let the keyboard go to what waits to be confirmed, unless the person is writing. */
  #confirmationAsked(session) {
    if (session !== this.session || message.value) return;
    const { element } = session.thread.card;
    const isElsewhere = at("desk").querySelector(".panel").contains(document.activeElement);
    if (!isElsewhere) element.focus({ preventScroll: true });
    session.thread.scrollToEnd();
    const goOn = () => {
      if (session.thread.card.isOpen) return;
      if (matchMedia("(pointer: coarse)").matches) element.focus();
      else message.focus();
    };
    element.addEventListener("click", ({ target }) => target.closest("button") && goOn());
    element.addEventListener("released", goOn);
  }

  #watch() {
    let settling = 0;
    new Watching({
      onEntry: (entry) => {
        if (entry.type === "bus") this.events.add(entry);
        if (entry.type === "change") this.changes.add(entry);
        clearTimeout(settling);
        settling = setTimeout(() => {
          this.#filter();
          this.#readState();
        }, SETTLE_MS);
      },
      onLink: (isLinked) => this.#linked(isLinked),
      onLocked: lock,
      onRefused: () => banner("errorTOO_MANY_WINDOWS"),
    }).run();
  }

  #filter() {
    const userId = at("everyone").checked ? null : this.session.customer.user_id;
    const changed = this.changes.show(userId);
    count("count-events", this.events.show(userId));
    count("count-changes", changed);
    count("view-count", changed);
  }

  async #readState() {
    const userId = this.session.customer.user_id;
    try {
      const state = await get(`/api/state?user_id=${encodeURIComponent(userId)}`);
      if (this.session.customer.user_id !== userId) return;
      this.accounts.show(userId, state.accounts);
      this.#showPlace(state.place);
    } catch {
      if (this.session.customer.user_id === userId) this.accounts.fail();
    }
  }

  #linked(isLinked) {
    if (isLinked === this.isLinked) return;
    this.isLinked = isLinked;
    if (!isLinked) {
      banner("gone");
      return;
    }
    banner("back");
    setTimeout(() => {
      if (this.isLinked) at("banner").hidden = true;
    }, BACK_MS);
    this.#readState();
    for (const session of this.sessions.values()) {
      if (!session.isBusy) session.catchUp().catch(() => this.#linked(false));
    }
  }
}

function escape(target) {
  if (target.matches("select")) return; // that closes its list
  const fold = target.closest("details[open]");
  if (fold) {
    fold.open = false;
    fold.querySelector("summary").focus();
  } else if (at("desk").dataset.view === "panel") {
    chooseView("chat");
    at("views").querySelector("[data-view=panel]").focus();
  } else message.focus();
}

function chooseView(view) {
  at("desk").dataset.view = view;
  for (const choice of at("views").querySelectorAll("button")) {
    choice.setAttribute("aria-pressed", String(choice.dataset.view === view));
  }
}

function fitMessage() {
  message.rows = Math.min(6, message.value.split("\n").length);
}

function count(id, number) {
  at(id).textContent = number ? String(number) : "";
}

function banner(key) {
  at("banner").hidden = false;
  say(at("banner"), key);
}

function showLanguage() {
  const [other, name] = currentLanguage() === "es" ? ["en", "English"] : ["es", "Español"];
  at("language-name").textContent = name;
  at("language-name").lang = other;
}

function lock() {
  at("desk").hidden = at("views").hidden = at("who").hidden = at("other-window").hidden = true;
  at("banner").hidden = document.querySelector(".skip").hidden = true;
  at("locked").hidden = false;
}

async function start() {
  setUpTheme(at("theme"));
  translate(document.documentElement);
  showLanguage();
  at("language").addEventListener("click", () => {
    chooseLanguage(currentLanguage() === "es" ? "en" : "es");
    showLanguage();
  });
  const given = takeAddress();
  window.addEventListener("hashchange", () => {
    const given = takeAddress();
    if (!given.has("token")) return;
    if (given.has("user")) sessionStorage.setItem(USER, given.get("user"));
    location.reload();
  });
  if (!hasToken()) {
    lock();
    return;
  }
  for (;;) {
    try {
      const started = await get("/api/start");
      at("banner").hidden = true;
      at("desk").hidden = at("views").hidden = at("who").hidden = at("other-window").hidden = false;
      new Page(started, given.get("user") ?? sessionStorage.getItem(USER));
      return;
    } catch (error) {
      if (error.status === 401) {
        lock();
        return;
      }
      banner("gone");
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

start();
