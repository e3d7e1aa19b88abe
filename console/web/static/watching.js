// Following what happens on the stack; when the server is gone, trying until it is back.

import { Refused, stream } from "/api.js";

const SILENCE_MS = 15_000;
const HIDDEN_MS = 20_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

export class Watching {
  /** `onEntry` gets what happened; `onLink` whether the server answers; `onLocked` ends it. */
  constructor({ onEntry, onLink, onLocked, onRefused }) {
    this.onEntry = onEntry;
    this.onLink = onLink;
    this.onLocked = onLocked;
    this.onRefused = onRefused;
    this.last = 0;
  }

  /** Follow for ever. A page that is hidden lets go: a browser has few connections to share. */
  async run() {
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      await untilVisible();
      try {
        await this.#follow(() => {
          pause = FIRST_PAUSE_MS;
        });
        this.onLink(false);
      } catch (error) {
        if (error instanceof Refused && error.status === 401) {
          this.onLocked();
          return;
        }
        if (error instanceof Refused) this.onRefused(error);
        else if (error.name !== "AbortError" || !document.hidden) this.onLink(false);
      }
      await sleep(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  async #follow(onLine) {
    const ending = new AbortController();
    let timer = 0;
    const expect = () => {
      clearTimeout(timer);
      timer = setTimeout(() => ending.abort(), SILENCE_MS);
    };
    let hiddenTimer = 0;
    const onVisibility = () => {
      clearTimeout(hiddenTimer);
      if (document.hidden) hiddenTimer = setTimeout(() => ending.abort(), HIDDEN_MS);
    };
    document.addEventListener("visibilitychange", onVisibility);
    expect();
    try {
      await stream(
        `/api/watch?after=${this.last}`,
        (entry) => {
          expect();
          onLine();
          this.onLink(true);
          if (entry.n !== undefined) {
            this.last = entry.n;
            this.onEntry(entry);
          }
        },
        { signal: ending.signal },
      );
    } finally {
      clearTimeout(timer);
      clearTimeout(hiddenTimer);
      document.removeEventListener("visibilitychange", onVisibility);
    }
  }
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function untilVisible() {
  while (document.hidden) {
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
}
