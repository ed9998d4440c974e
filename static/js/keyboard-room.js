/** Room for the touch keyboard: what is written, and the button that sends it, stay in sight above it. */
const MARGIN = 12;
const root = document.documentElement;
const main = document.getElementById("main");
/** What has to be seen, and what it must not be behind. */
let seen = [];
let keyboard = null;

/** Scrolls until the label, the field and the button stand above the keyboard; the label wins where it is tight. */
function place() {
  const room = innerHeight - keyboard.offsetHeight - MARGIN;
  const boxes = seen.map((one) => one.getBoundingClientRect());
  const top = Math.min(...boxes.map((one) => one.top)) - MARGIN;
  const below = Math.max(...boxes.map((one) => one.bottom)) - room;
  if (below > 0) scrollBy(0, Math.min(below, top));
  else if (top < 0) scrollBy(0, top);
}

/** A page grows when it is turned, or when something is told in it. */
const grown = new ResizeObserver(place);

/** Opens the room for `box` under this field and button. */
export function makeRoom(box, field, button) {
  giveBack();
  keyboard = box;
  seen = [field, ...(field.labels ?? []), button].filter(Boolean);
  field.closest(".field")?.setAttribute("data-typing", "");
  root.setAttribute("data-keyboard", "");
  root.style.setProperty("--keyboard", `${box.offsetHeight}px`);
  place();
  grown.observe(main);
}

/** Gives the page its room back. */
export function giveBack() {
  grown.disconnect();
  root.removeAttribute("data-keyboard");
  document.querySelector("[data-typing]")?.removeAttribute("data-typing");
}
