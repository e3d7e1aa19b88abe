// The words of the page in both languages. What is made with `words` follows a change of language.

const WORDS = {
  es: {
    skip: "Ir al mensaje",
    customer: "Cliente",
    otherWindow: "Otra ventana",
    darkTheme: "Tema oscuro",
    lockedTitle: "Falta la llave de este chat",
    lockedText: "Abre la dirección completa que imprimió el comando centli web. La llave cambia cada vez que arranca.",
    views: "Vista",
    viewChat: "Conversación",
    viewPanel: "Qué pasó",
    message: "Tu mensaje",
    placeholder: "Escribe lo que necesitas…",
    send: "Enviar",
    hint: "Enter envía · Shift + Enter, otra línea",
    accounts: "Saldos ahora",
    noAccounts: "Este cliente no tiene cuentas.",
    accountsGone: "No se pudieron leer los saldos.",
    available: "disponible {amount}",
    calls: "Llamadas",
    events: "Eventos",
    changes: "Cambios",
    everyone: "De todos",
    noCalls: "Aquí aparece cada llamada a los grupos de acciones: qué se pidió y qué contestó el banco.",
    noEvents: "Aquí aparecen los eventos del bus en cuanto ocurren, juntos los que van juntos.",
    noChanges: "Aquí aparece lo que cambió: saldos, existencias y compras.",
    hello: "Hola, {name}. ¿Qué necesitas?",
    helloText: "Pregunta por tus saldos, transfiere o compra. Nada se mueve sin que lo confirmes.",
    confirm: "Confirmar",
    cancel: "Cancelar",
    holdToConfirm: "Mantén presionado para confirmar",
    holdHint: "Revisa bien: para confirmar mantén presionado el botón dos segundos, o escribe {text} en tu mensaje.",
    holding: "Sigue presionando…",
    holdMore: "Soltaste antes de tiempo y no se confirmó nada: mantén presionado dos segundos, o escribe {text}.",
    changedTerms: "Cambió después de que confirmaste, y no se hizo nada. Revisa lo que está marcado.",
    before: "antes ",
    newWarning: "Nuevo:",
    "card-sent": "Dijiste que sí. Falta lo que conteste el banco.",
    "card-unknown": "No se sabe si se hizo.",
    "card-declined": "Cancelado: no se hizo nada.",
    "card-saidElse": "Dijiste otra cosa: aquí no se hizo nada.",
    "card-declinedInDoubt": "Cancelado: no se intenta otra vez, pero la vez anterior puede haberse hecho.",
    "card-expired": "Ya pasó el tiempo para confirmarlo: no se hizo nada. Pídelo otra vez.",
    "card-closed": "Ya no espera respuesta.",
    thinking: "Pensando…",
    you: "Tú",
    reading: "Cómo lo leí",
    agent: "CENTLI",
    missed: "Lo más antiguo ya no se guarda.",
    request: "Petición exacta",
    answer: "Respuesta exacta",
    body: "Contenido de la respuesta",
    arguments: "Argumentos",
    trace: "Traza del agente",
    rejected: "no enviada",
    waiting: "en curso",
    unanswered: "sin respuesta",
    envelope: "Sobre completo",
    of: "de {name}",
    balance: "Saldo",
    stock: "Existencias",
    purchase: "Compra",
    isNew: "nueva",
    gone: "Se perdió la conexión con el chat. Reintentando…",
    back: "La conexión volvió.",
    lostTurn: "Se cortó la conexión a media respuesta. Si confirmaste algo, puede haberse hecho: en cuanto vuelva la conexión se muestra qué pasó.",
    "lost-messages": "El chat no contesta: puede que tu mensaje no haya salido, y sigue escrito abajo. Si llegó, aquí se ve en cuanto conteste.",
    "lost-decisions": "El chat no contesta: no se sabe si llegó tu respuesta. En cuanto conteste, aquí se ve qué pasó.",
    newConversation: "La conversación anterior ya no existe; esta es nueva.",
    errorBUSY: "Todavía estoy con lo anterior. Espera a que termine.",
    errorTOO_LARGE: "Ese mensaje es demasiado largo.",
    errorSTACK_UNAVAILABLE: "El banco no contesta en este momento. Inténtalo otra vez.",
    errorTOO_MANY_WINDOWS: "Hay demasiadas ventanas abiertas: cierra alguna para ver los eventos aquí.",
    errorOther: "El chat no pudo hacerlo. Inténtalo otra vez.",
    "outcome-answered": "respondido",
    "outcome-asked": "pregunta",
    "outcome-confirmation": "espera confirmación",
    "outcome-refused": "rechazado por el banco",
    "outcome-not_understood": "no entendido",
    "outcome-failed": "falló",
    "account-checking": "Cheques",
    "account-savings": "Ahorro",
    "account-credit": "Crédito",
    "status-active": "activa",
    "status-inactive": "inactiva",
    "status-blocked": "bloqueada",
    "status-pending": "pendiente",
    "status-completed": "completada",
    "status-failed": "fallida",
    "status-cancelled": "cancelada",
    "operation-getBalance": "Consultando saldos",
    "operation-createTransfer": "Tramitando la transferencia",
    "operation-listTransactions": "Buscando movimientos",
    "operation-searchProducts": "Buscando productos",
    "operation-compareBenefits": "Comparando beneficios",
    "operation-createPurchase": "Tramitando la compra",
    "operation-getPurchase": "Buscando la compra",
    "operation-listPurchases": "Buscando compras",
    "operation-resolveAlias": "Buscando al beneficiario",
    "operation-listBeneficiaries": "Buscando beneficiarios",
    "operation-addBeneficiary": "Tramitando el beneficiario",
  },
  en: {
    skip: "Skip to the message",
    customer: "Customer",
    otherWindow: "Another window",
    darkTheme: "Dark theme",
    lockedTitle: "The key to this chat is missing",
    lockedText: "Open the whole address that the command centli web printed. The key is another one each time it starts.",
    views: "View",
    viewChat: "Conversation",
    viewPanel: "What happened",
    message: "Your message",
    placeholder: "Write what you need…",
    send: "Send",
    hint: "Enter sends · Shift + Enter, another line",
    accounts: "Balances now",
    noAccounts: "This customer has no accounts.",
    accountsGone: "The balances could not be read.",
    available: "{amount} available",
    calls: "Calls",
    events: "Events",
    changes: "Changes",
    everyone: "Everyone’s",
    noCalls: "Every call of an action group appears here: what was asked and what the bank answered.",
    noEvents: "Events of the bus appear here as they happen, those that belong together in one group.",
    noChanges: "What changed appears here: balances, stock and purchases.",
    hello: "Hello, {name}. What do you need?",
    helloText: "Ask for your balances, transfer or buy. Nothing moves before you confirm it.",
    confirm: "Confirm",
    cancel: "Cancel",
    holdToConfirm: "Press and hold to confirm",
    holdHint: "Look closely: to confirm, hold the button for two seconds, or write {text} as your message.",
    holding: "Keep holding…",
    holdMore: "You let go too early and nothing was confirmed: hold it for two seconds, or write {text}.",
    changedTerms: "It changed after you confirmed, and nothing was done. Look at what is marked.",
    before: "before ",
    newWarning: "New:",
    "card-sent": "You said yes. The bank has not answered yet.",
    "card-unknown": "It is not known whether it was done.",
    "card-declined": "Cancelled: nothing was done.",
    "card-saidElse": "You said something else: nothing was done here.",
    "card-declinedInDoubt": "Cancelled: it is not tried again, but it may have been done the time before.",
    "card-expired": "The time to confirm it is over: nothing was done. Please ask for it again.",
    "card-closed": "No longer waits for an answer.",
    thinking: "Thinking…",
    reading: "How I read it",
    you: "You",
    agent: "CENTLI",
    missed: "The oldest part is no longer kept.",
    request: "Exact request",
    answer: "Exact answer",
    body: "Content of the answer",
    arguments: "Arguments",
    trace: "Trace of the agent",
    rejected: "not sent",
    waiting: "under way",
    unanswered: "no answer",
    envelope: "Whole envelope",
    of: "of {name}",
    balance: "Balance",
    stock: "Stock",
    purchase: "Purchase",
    isNew: "new",
    gone: "The connection to the chat is lost. Trying again…",
    back: "The connection is back.",
    lostTurn: "The connection broke in the middle of an answer. If you confirmed something, it may have been done: what happened is shown as soon as the connection is back.",
    "lost-messages": "The chat does not answer: your message may not have gone out, and still stands below. If it arrived, that is shown here as soon as it answers.",
    "lost-decisions": "The chat does not answer: it is not known whether your answer arrived. What happened is shown here as soon as it answers.",
    newConversation: "The conversation before is gone; this is a new one.",
    errorBUSY: "I am still at the one before. Wait until it has ended.",
    errorTOO_LARGE: "That message is too long.",
    errorSTACK_UNAVAILABLE: "The bank does not answer now. Please try again.",
    errorTOO_MANY_WINDOWS: "Too many windows are open: close some to see the events here.",
    errorOther: "The chat could not do that. Please try again.",
    "outcome-answered": "answered",
    "outcome-asked": "question",
    "outcome-confirmation": "waits for confirmation",
    "outcome-refused": "refused by the bank",
    "outcome-not_understood": "not understood",
    "outcome-failed": "failed",
    "account-checking": "Checking",
    "account-savings": "Savings",
    "account-credit": "Credit",
    "status-active": "active",
    "status-inactive": "inactive",
    "status-blocked": "blocked",
    "status-pending": "pending",
    "status-completed": "completed",
    "status-failed": "failed",
    "status-cancelled": "cancelled",
    "operation-getBalance": "Looking up balances",
    "operation-createTransfer": "Handling the transfer",
    "operation-listTransactions": "Looking up transactions",
    "operation-searchProducts": "Looking for products",
    "operation-compareBenefits": "Comparing benefits",
    "operation-createPurchase": "Handling the purchase",
    "operation-getPurchase": "Looking up the purchase",
    "operation-listPurchases": "Looking up purchases",
    "operation-resolveAlias": "Looking up the beneficiary",
    "operation-listBeneficiaries": "Looking up beneficiaries",
    "operation-addBeneficiary": "Handling the beneficiary",
  },
};

const KEPT = "centli.language";
let language = kept();

/** The language that the person chose, or else the first of the browser's that the page has. */
function kept() {
  const wanted = navigator.languages.map((each) => each.split("-")[0]);
  return [localStorage.getItem(KEPT), ...wanted].find((each) => Object.hasOwn(WORDS, each)) ?? "es";
}

export function currentLanguage() {
  return language;
}

export function chooseLanguage(chosen) {
  language = chosen;
  localStorage.setItem(KEPT, chosen);
  translate(document.documentElement);
}

/** Return the words of a key, or the key's last part where there are none. */
export function t(key, values = {}) {
  const words = WORDS[language][key] ?? key.slice(key.indexOf("-") + 1);
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function has(key) {
  return key in WORDS[language];
}

/** Put words into an element, now and whenever the language changes. */
export function say(element, key, values = {}) {
  element.dataset.i18n = key;
  element.dataset.i18nValues = JSON.stringify(values);
  return put(element, key, values);
}

/** They are marked as the page's language: what is around them may be of another. */
function put(element, key, values) {
  element.textContent = t(key, values);
  element.lang = language;
  return element;
}

/** Put every word below an element into the current language. */
export function translate(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-i18n]")) {
    put(element, element.dataset.i18n, JSON.parse(element.dataset.i18nValues ?? "{}"));
  }
  for (const element of root.querySelectorAll("[data-i18n-label]")) {
    element.setAttribute("aria-label", t(element.dataset.i18nLabel));
    if (element.matches("a, button")) element.title = t(element.dataset.i18nLabel);
  }
  for (const element of root.querySelectorAll("[data-i18n-placeholder]")) {
    element.placeholder = t(element.dataset.i18nPlaceholder);
  }
}
