// What changed in the tables, newest first, and the balances of the customer as they are now.

import { make, words } from "/dom.js";
import { difference, moment, pesos, signedPesos } from "/format.js";
import { has, say } from "/i18n.js";

const MAX_CHANGES = 500;

export class Changes {
  constructor(nameOf) {
    this.nameOf = nameOf;
    this.list = make("ol", "");
    this.element = make("div", "changes", words("p", "empty", "noChanges"), this.list);
  }

  add(change) {
    const item = row(change, this.nameOf);
    item.dataset.user = change.user_id ?? "";
    this.list.prepend(item);
    if (this.list.childElementCount > MAX_CHANGES) this.list.lastChild.remove();
  }

  /** Show what concerns a customer, and stock; or everything when there is none. Return how many. */
  show(userId) {
    let shown = 0;
    for (const item of this.list.children) {
      item.hidden = userId !== null && item.dataset.user !== "" && item.dataset.user !== userId;
      if (!item.hidden) shown += 1;
    }
    this.element.querySelector(".empty").hidden = shown > 0;
    return shown;
  }
}

function row({ what, key, before, after, user_id: userId, at }, nameOf) {
  const owner = userId === null ? "" : nameOf(userId);
  const title = make("p", "title", words("strong", "", what), make("span", "quiet", owner), make("time", "quiet", moment(at)));
  const figures = make("p", "figures");
  if (before !== null) {
    figures.append(figure(what, before, "before"), make("span", "arrow", "→"));
  }
  figures.append(figure(what, after, "after"));
  if (before === null) figures.append(words("span", "chip-wait", "isNew"));
  else if (what === "balance") {
    const amount = difference(before, after);
    figures.append(make("span", amount < 0 ? "delta minus" : "delta plus", signedPesos(amount)));
  }
  return make("li", `change ${what}`, title, make("code", "id", key), figures);
}

function figure(what, value, className) {
  if (what === "balance") return make("span", className, pesos(value));
  const key = `status-${value}`;
  return has(key) ? words("span", className, key) : make("span", className, String(value));
}

export class Accounts {
  constructor(element) {
    this.element = element;
    this.shown = { userId: null, balances: new Map() };
  }

  /** Show a customer's accounts; a balance that is another than shown before is pointed out. */
  show(userId, accounts) {
    const before = this.shown.userId === userId ? this.shown.balances : new Map();
    this.element.replaceChildren(
      ...accounts.map((account) => {
        const was = before.get(account.account_id);
        const item = card(account);
        if (was !== undefined && was !== account.balance) item.classList.add(was < account.balance ? "rose" : "fell");
        return item;
      }),
    );
    if (!accounts.length) this.element.append(words("li", "empty", "noAccounts"));
    this.shown = { userId, balances: new Map(accounts.map((a) => [a.account_id, a.balance])) };
  }

  fail() {
    this.shown = { userId: null, balances: new Map() };
    this.element.replaceChildren(words("li", "empty", "accountsGone"));
  }
}

function card(account) {
  const key = `account-${account.account_type}`;
  const type = has(key) ? words("span", "type", key) : make("span", "type", account.account_type);
  const head = make("p", "", type);
  if (account.status !== "active") head.append(say(make("span", "chip-bad"), `status-${account.status}`));
  const item = make("li", `account ${account.account_type}`, head, make("p", "amount", pesos(account.balance)));
  item.append(make("code", "id", account.account_id));
  if (account.available !== account.balance) {
    item.append(words("p", "quiet", "available", { amount: pesos(account.available) }));
  }
  item.dataset.account = account.account_id;
  return item;
}
