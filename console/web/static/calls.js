// The calls of action groups, by turn: exactly what was sent and what came back.

import { foldedJson, make, reason, words } from "/dom.js";
import { say } from "/i18n.js";

const SHORT = 48;
const MAX_TURNS = 300;
const CONFIRMATION_REQUIRED = 428;

export class Calls {
  constructor() {
    this.element = make("div", "calls", words("p", "empty", "noCalls"));
    this.count = 0;
    this.turn = null;
    this.turnOutcome = null;
    this.waiting = new Map();
  }

  apply(entry) {
    switch (entry.type) {
      case "said":
        this.#newTurn(make("span", "quote", entry.text));
        break;
      case "chosen":
        this.#newTurn(words("span", "quote", entry.decision === "CONFIRM" ? "confirm" : "cancel"));
        break;
      case "request":
        this.#request(entry);
        break;
      case "response":
        this.#response(entry);
        break;
      case "rejected":
        this.#add(
          "rejected",
          entry.operation_id,
          words("span", "chip-bad", "rejected"),
          reason(entry.reason),
          foldedJson("arguments", entry.arguments),
        );
        break;
      case "trace":
        this.#turnBody().append(foldedJson("trace", entry.trace, kindOf(entry.trace)));
        break;
      case "end":
        for (const { status } of this.waiting.values()) say(status, "unanswered").className = "chip-bad";
        this.waiting.clear();
        say(this.turnOutcome, `outcome-${entry.outcome}`).dataset.outcome = entry.outcome;
        break;
    }
  }

  #newTurn(title) {
    this.element.querySelector(".empty")?.remove();
    this.turnOutcome = make("span", "outcome");
    this.turn = make("section", "turn", make("h4", "", title, this.turnOutcome));
    this.element.prepend(this.turn);
    if (this.element.childElementCount > MAX_TURNS) this.element.lastElementChild.remove();
  }

  #turnBody() {
    if (!this.turn) this.#newTurn(make("span", "quote", "…"));
    return this.turn;
  }

  #add(kind, operationId, status, ...content) {
    const name = make("code", "operation", operationId);
    const summary = make("summary", "", name, make("span", "spacer"), status);
    const call = make("details", `call ${kind}`, summary, ...content);
    this.#turnBody().append(call);
    this.count += 1;
    return { call, status, summary };
  }

  #request(entry) {
    const status = words("span", "chip-wait", "waiting");
    const { event } = entry;
    const fields = event.requestBody?.content?.["application/json"]?.properties ?? [];
    const given = [...(event.parameters ?? []), ...fields];
    const list = make("span", "given", given.map(({ name, value }) => `${name}=${short(value)}`).join("  "));
    const route = make("p", "route", make("code", "", `${event.httpMethod} ${event.apiPath}`), make("span", "quiet", event.actionGroup));
    const made = this.#add("sent", entry.operation_id, status, route, foldedJson("request", event));
    if (given.length) made.summary.append(list);
    this.waiting.set(entry.call_id, made);
  }

  #response(entry) {
    const made = this.waiting.get(entry.call_id);
    if (!made) return;
    this.waiting.delete(entry.call_id);
    const isQuestion = entry.status === CONFIRMATION_REQUIRED;
    const kind = isQuestion ? "chip-wait" : entry.status < 400 ? "chip-good" : "chip-bad";
    const chip = make("span", kind, String(entry.status));
    const took = make("span", "took", `${entry.milliseconds} ms`);
    made.status.replaceWith(took, chip);
    if (entry.body?.error && !isQuestion) made.call.append(reason(`${entry.body.error.code}: ${entry.body.error.message}`));
    made.call.append(foldedJson("body", entry.body), foldedJson("answer", entry.answer));
  }
}

/** Return what a step of a Bedrock agent is, such as `orchestrationTrace rationale`. */
function kindOf({ trace }) {
  const [kind, step] = Object.entries(trace ?? {})[0] ?? [""];
  const [what] = Object.keys(step ?? {}).filter((key) => key !== "traceId");
  return [kind, what].filter(Boolean).join(" ");
}

function short(value) {
  const text = String(value);
  return text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
}
