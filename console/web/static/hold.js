// A button that acts once it has been held: by a pointer, the space bar or Enter.

import { make, words } from "/dom.js";

export const HOLD_MS = 2_000;

const KEYS = [" ", "Enter"];

/**
 * Return a button that fills while it is held. `onHold` is told that it is pressed, `onLetGo` that
 * it was let go too early, or pressed by something that cannot hold, `onHeld` that it was held, and
 * `onReleased` that the person then let go.
 */
export function holdButton(className, key, { onHold, onLetGo, onHeld, onReleased }) {
  const fill = make("span", "fill");
  fill.setAttribute("aria-hidden", "true");
  const element = make("button", `${className} hold`, fill, words("span", "", key));
  element.type = "button";
  element.style.setProperty("--hold", `${HOLD_MS}ms`);
  let timer = 0;

  const start = () => {
    if (timer || element.disabled) return;
    element.dataset.held = "";
    timer = setTimeout(end, HOLD_MS);
    onHold();
  };
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    delete element.dataset.held;
  };
  const letGo = () => {
    if (!timer) return;
    stop();
    onLetGo();
  };
  const end = () => {
    stop();
    whenReleased(onReleased);
    onHeld();
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    // A finger that slides off the button lets go, as a mouse does.
    if (element.hasPointerCapture(event.pointerId)) element.releasePointerCapture(event.pointerId);
    start();
  });
  for (const type of ["pointerup", "pointerleave", "pointercancel", "blur"]) element.addEventListener(type, letGo);
  element.addEventListener("contextmenu", (event) => event.preventDefault()); // of a long touch
  element.addEventListener("keydown", (event) => {
    if (!KEYS.includes(event.key)) return;
    event.preventDefault();
    if (!event.repeat) start();
  });
  element.addEventListener("keyup", (event) => {
    if (!KEYS.includes(event.key)) return;
    event.preventDefault();
    letGo();
  });
  element.addEventListener("click", ({ detail }) => {
    if (detail === 0) onLetGo();
  });
  document.addEventListener("visibilitychange", letGo);
  return element;
}

function whenReleased(then) {
  const released = new AbortController();
  for (const type of ["pointerup", "pointercancel", "keyup"]) {
    addEventListener(
      type,
      () => {
        released.abort();
        then();
      },
      { signal: released.signal },
    );
  }
}
