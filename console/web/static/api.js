// Asking the server: every request carries the token, which is kept for this tab alone.

const TOKEN = "centli.token";

export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Take the token out of the address, if it has one, and return the rest of what it says. */
export function takeAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.has("token")) {
    sessionStorage.setItem(TOKEN, given.get("token"));
    history.replaceState(null, "", location.pathname);
  }
  return given;
}

export function hasToken() {
  return sessionStorage.getItem(TOKEN) !== null;
}

/** Return the address of another window, for a customer. */
export function addressFor(userId) {
  const fragment = new URLSearchParams({ token: sessionStorage.getItem(TOKEN), user: userId });
  return `/#${fragment}`;
}

async function ask(path, { body, signal } = {}) {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem(TOKEN)}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "omit",
    signal,
  });
  if (answer.ok) return answer;
  let error = {};
  try {
    error = (await answer.json()).error ?? {};
  } catch {
    // an answer without a reason; its status says enough
  }
  throw new Refused(answer.status, error.code ?? "UNKNOWN", error.message ?? "");
}

export async function get(path) {
  return (await ask(path)).json();
}

export async function post(path, body) {
  return (await ask(path, { body })).json();
}

/** Give each line of a streamed answer to `onLine`, as it comes. */
export async function stream(path, onLine, { body, signal } = {}) {
  const answer = await ask(path, { body, signal });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) onLine(JSON.parse(line));
  }
}
