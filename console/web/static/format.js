// How amounts and times are written: as in Mexico, whatever the language of the page.

const PESOS = new Intl.NumberFormat("es-MX", { style: "currency", currency: "MXN" });
const SIGNED = new Intl.NumberFormat("es-MX", { style: "currency", currency: "MXN", signDisplay: "exceptZero" });
const HOUR = new Intl.DateTimeFormat("es-MX", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const MOMENT = new Intl.DateTimeFormat("es-MX", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});

export const pesos = (amount) => PESOS.format(amount);
export const signedPesos = (amount) => SIGNED.format(amount);
export const hour = (iso) => HOUR.format(new Date(iso));
export const moment = (iso) => MOMENT.format(new Date(iso)).replace(",", ".");

/** Return the difference of two amounts, in whole centavos first so that none is lost. */
export function difference(before, after) {
  return (Math.round(after * 100) - Math.round(before * 100)) / 100;
}

export function initials(name) {
  return name
    .split(" ")
    .slice(0, 2)
    .map((part) => part[0] ?? "")
    .join("")
    .toUpperCase();
}
