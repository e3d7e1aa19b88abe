// The events of the bus, one group for each correlation id, the newest group first.

import { foldedJson, make, reason, words } from "/dom.js";
import { moment, pesos } from "/format.js";

const MAX_GROUPS = 200;
const MAX_EVENTS_A_GROUP = 100;

export class Events {
  constructor(nameOf) {
    this.nameOf = nameOf;
    this.groups = new Map();
    this.list = make("div", "");
    this.element = make("div", "events", words("p", "empty", "noEvents"), this.list);
  }

  add({ envelope }) {
    const group = this.#group(envelope);
    if (group.steps.childElementCount >= MAX_EVENTS_A_GROUP) return;
    group.users.add(envelope.user_id);
    group.steps.append(step(envelope, group.since));
    if (envelope.data?.error) group.element.dataset.failed = "true";
  }

  /** Show the groups of a customer, or all when there is none; return how many. */
  show(userId) {
    let shown = 0;
    for (const { element, users } of this.groups.values()) {
      element.hidden = userId !== null && !users.has(userId);
      if (!element.hidden) shown += 1;
    }
    this.element.querySelector(".empty").hidden = shown > 0;
    return shown;
  }

  #group(envelope) {
    const id = envelope.correlation_id;
    const known = this.groups.get(id);
    if (known) return known;
    const steps = make("ol", "steps");
    const whose = words("span", "quiet", "of", { name: this.nameOf(envelope.user_id) });
    const heading = make("h4", "", make("span", "", moment(envelope.timestamp)), whose);
    const name = make("code", "id", String(id));
    const element = make("section", "flow", heading, name, steps);
    const group = { element, steps, users: new Set(), since: Date.parse(envelope.timestamp) };
    this.groups.set(id, group);
    this.list.prepend(element);
    if (this.groups.size > MAX_GROUPS) {
      const [[oldest, { element: gone }]] = this.groups;
      gone.remove();
      this.groups.delete(oldest);
    }
    return group;
  }
}

function step(envelope, since) {
  const error = envelope.data?.error;
  const amount = envelope.data?.amount ?? envelope.data?.total_amount;
  const passed = Date.parse(envelope.timestamp) - since;
  const item = make(
    "li",
    error ? "bad" : "",
    make("span", "type", envelope.event_type),
    make("span", "source", envelope.source),
    ...(typeof amount === "number" ? [make("span", "sum", pesos(amount))] : []),
    make("span", "took", `+${Math.max(0, passed)} ms`),
  );
  item.dataset.source = envelope.source;
  if (error) item.append(reason(`${error.code}: ${error.message}`));
  item.append(foldedJson("envelope", envelope));
  return item;
}
