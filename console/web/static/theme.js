// Light or dark: as the system says, until a person chooses.

const KEPT = "centli.theme";
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
}

export function setUpTheme(button) {
  const chosen = localStorage.getItem(KEPT);
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem(KEPT, root.dataset.theme);
    show();
  });
  system.addEventListener("change", show);
  show();
}
