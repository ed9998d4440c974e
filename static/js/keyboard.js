/** The touch keyboard: opens under a text field that is touched, types into it, and makes room for itself. */
import { layoutOf, TONGUES } from "./keyboard-layouts.js";
import { giveBack, makeRoom } from "./keyboard-room.js";

const TEXT = "textarea, input:is([type=text], [type=search], [type=tel], [type=url], [type=email], :not([type]))";
const LEAVES = ["{fold}", "{enter}", "{hide}"];
const { opens, label, library, look } = document.querySelector("[data-touch-keys]").dataset;
const shapes = document.querySelector("[data-touch-keys]").content;
let tongue = TONGUES.find((one) => one === document.documentElement.lang) ?? TONGUES[0];
/** On a sensitive screen its Quick hide, which may be scrolled away while somebody types: then it is a key too. */
const quickHide = document.querySelector("[data-hide]");
let field = null;
let box = null;
let keyboard = null;
let building = null;
let pointer = "";
/** "letters", "accents" or "digits"; and whether capitals are on: "" no, "once", or "locked". */
let page = "letters";
let capitals = "";

/** The language whose letters come next. */
function nextTongue() {
  return TONGUES[(TONGUES.indexOf(tongue) + 1) % TONGUES.length];
}

/** Text as a hand would type it: at the caret, over the selection, undoable, within the field's length. */
function type(text) {
  document.execCommand(text === "\n" ? "insertLineBreak" : "insertText", false, text);
}

/** The button that sends the field's form: not one that leads elsewhere. */
function mainButton() {
  return [...(field.form?.elements ?? [])].find((one) => one.type === "submit" && !one.hasAttribute("formaction"));
}

/** Enter: a new line, or the next field, or the form is sent. */
function enter() {
  if (field.matches("textarea")) return type("\n");
  const fields = [...(field.form?.elements ?? [])].filter((one) => one.matches("textarea, input:not([type=hidden])"));
  const next = fields[fields.indexOf(field) + 1];
  if (next) next.focus();
  else field.form?.requestSubmit(mainButton());
}

const keys = {
  bksp: () => document.execCommand("delete"),
  space: () => type(" "),
  enter,
  fold,
  hide: () => {
    fold();
    quickHide.click();
  },
  shift: () => show(page, capitals ? "" : "once"),
  letters: () => show("letters", capitals),
  accents: () => show(page === "accents" ? "letters" : "accents", capitals),
  digits: () => show("digits", ""),
  tongue: () => {
    tongue = nextTongue();
    show("letters", capitals);
  },
};

/** A key was touched: it types when the finger comes down, and what leaves waits until it is up (see `clicked`). */
function press(key) {
  if (!LEAVES.includes(key)) act(key);
}

/** The finger is up: were the keyboard gone before, the tap would go on to what lay behind. Screen readers only click. */
function clicked({ detail, target }) {
  const key = target.closest("[data-skbtn]")?.dataset.skbtn;
  if (key && (detail === 0 || LEAVES.includes(key))) act(key);
}

/** Does what a key does; what it types goes to the field, and the library keeps nothing. */
function act(key) {
  field.focus({ preventScroll: true });
  const does = keys[key.slice(1, -1)];
  if (does) return does();
  type(key);
  if (page === "accents" || capitals === "once") show("letters", capitals === "locked" ? capitals : "");
}

/** The page of keys that is due, as the library takes it. */
function keysNow() {
  const { layout, words } = layoutOf(tongue, nextTongue(), quickHide ? " {hide}" : "");
  return { layout, layoutName: capitals && page !== "digits" ? `${page}-capitals` : page, display: words };
}

/** Shows this page of keys. */
function show(which, how) {
  page = which;
  capitals = how;
  keyboard.setOptions(keysNow());
}

/** Gives the keys that type nothing their shape or word, and their name. */
function dress() {
  for (const button of box.querySelectorAll("[data-skbtn^='{']")) {
    const name = button.dataset.skbtn.slice(1, -1);
    const drawn = shapes.querySelector(`[data-key=${name === "enter" && field.matches("textarea") ? "line" : name}]`);
    button.setAttribute("aria-label", drawn.dataset.label);
    if (drawn.firstElementChild) button.replaceChildren(drawn.firstElementChild.cloneNode(true));
    if (name === "shift") button.setAttribute("aria-pressed", String(Boolean(capitals)));
    if (name === "tongue") button.lang = nextTongue();
  }
}

/** Builds the keyboard when it is first wanted. */
async function build() {
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: look });
  const styled = new Promise((done) => style.addEventListener("load", done, { once: true }));
  document.head.append(style);
  const [{ SimpleKeyboard }] = await Promise.all([import(library), styled]);
  box = Object.assign(document.createElement("div"), { className: "keyboard", dir: "ltr", hidden: true });
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", label);
  box.addEventListener("mousedown", (event) => event.preventDefault());
  box.addEventListener("click", clicked);
  document.body.append(box);
  keyboard = new SimpleKeyboard(box, {
    ...keysNow(), onKeyPress: press, onRender: dress,
    useButtonTag: true, disableButtonHold: true, disableCaretPositioning: true, preventMouseDownDefault: true,
    inputPattern: /^$/, // the field is the only place where what is typed is kept
  });
}

/** Opens under this field. */
async function open(wanted) {
  field = wanted;
  field.inputMode = "none";
  await (building ??= build());
  box.hidden = false;
  const locked = field.getAttribute("autocapitalize") === "characters";
  const first = field.matches("textarea") && !field.value;
  show(field.type === "tel" ? "digits" : "letters", locked ? "locked" : first ? "once" : "");
  makeRoom(box, field, mainButton());
}

/** Goes away; the field stays as it is. */
function fold() {
  if (!box || box.hidden) return;
  box.hidden = true;
  giveBack();
}

addEventListener("pointerdown", (event) => (pointer = event.pointerType), true);
addEventListener("click", ({ target }) => {
  if (target.matches?.(TEXT) && (opens === "any" || pointer === "touch" || pointer === "pen")) open(target);
});
addEventListener("focusin", ({ target }) => {
  if (!box || box.hidden || target === field) return;
  if (target.matches(TEXT)) open(target);
  else if (target.matches("input")) fold();
});
// A real keyboard is there: this one is not needed.
addEventListener("keydown", (event) => event.isTrusted && fold());
addEventListener("pagehide", () => keyboard?.destroy());
