/** Wipes a screen that nobody touches: asks first, counts down, then forgets all that was typed. */
const COUNTDOWN = 30;
const TELL_MS = 10_000;
const dialog = document.getElementById("idle");
const left = dialog.querySelector("[data-idle-left]");
const { idleSeconds, idleHref, idleKeep } = document.body.dataset;
let timer = 0;
let telling = 0;

/** Tells the server that somebody is here, so that the session lasts as long as the page: as a picture, by the CSP. */
function tell() {
  clearTimeout(telling);
  telling = 0;
  if (idleKeep) new Image().src = `${idleKeep}?${Date.now()}`;
}

/** How many times longer than usual the bench waits for this person. */
const times = () => Number(document.body.dataset.idleTimes);

/** Starts the wait again. */
function wait() {
  clearTimeout(timer);
  if (dialog.open) dialog.close();
  timer = setTimeout(ask, Number(idleSeconds) * 1000 * times());
}

/** Asks, and counts down second by second. */
function ask() {
  let seconds = COUNTDOWN * times();
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
  if (dialog.open) return;
  wait();
  telling ||= setTimeout(tell, TELL_MS);
}

/** Goes on as before. */
function stay() {
  wait();
  tell();
}

dialog.querySelector("[data-idle-stay]").addEventListener("click", stay);
dialog.querySelector("[data-more]")?.addEventListener("click", wait);
addEventListener("more-time", wait);
dialog.addEventListener("cancel", stay);
for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, touched, { passive: true });
addEventListener("pageshow", (event) => event.persisted && location.reload());
wait();
