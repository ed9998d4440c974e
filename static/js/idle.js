/** Wipes a screen that nobody touches: asks first, counts down, then forgets all that was typed. */
const COUNTDOWN = 30;
const MORE = "more-time";
const dialog = document.getElementById("idle");
const left = dialog.querySelector("[data-idle-left]");
const { idleSeconds, idleHref, idleKeep } = document.body.dataset;
const A_MINUTE = 60_000;
let timer = 0;
let kept = Date.now();

/** How many times longer than usual this person asked for. */
const patience = () => Number(sessionStorage.getItem(MORE)) || 1;

/** Starts the wait again. */
function wait() {
  clearTimeout(timer);
  if (dialog.open) dialog.close();
  timer = setTimeout(ask, Number(idleSeconds) * 1000 * patience());
}

/** Asks, and counts down second by second. */
function ask() {
  let seconds = COUNTDOWN * patience();
  left.textContent = seconds;
  dialog.showModal();
  timer = setTimeout(function tick() {
    seconds -= 1;
    left.textContent = seconds;
    if (seconds > 0) timer = setTimeout(tick, 1000);
    else wipe();
  }, 1000);
}

/** Leaves nothing in fields, page or history. */
function wipe() {
  sessionStorage.clear();
  for (const field of document.querySelectorAll("input, textarea")) field.value = "";
  document.body.replaceChildren();
  location.replace(idleHref);
}

/** Any touch or key counts as presence, except while the question is open. */
function touched() {
  if (!dialog.open) stay();
}

/** Starts the wait again, and tells the server where it waits no longer than the page: as a picture, by the CSP. */
function stay() {
  wait();
  if (!idleKeep || Date.now() - kept < A_MINUTE) return;
  kept = Date.now();
  new Image().src = `${idleKeep}?${kept}`;
}

dialog.querySelector("[data-idle-stay]").addEventListener("click", stay);
dialog.addEventListener("cancel", stay);
dialog.querySelector("[data-idle-more]")?.addEventListener("click", () => {
  sessionStorage.setItem(MORE, String(patience() * 2));
  wait();
});
for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, touched, { passive: true });
addEventListener("pageshow", (event) => event.persisted && location.reload());
wait();
