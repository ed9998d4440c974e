/** Plays the page's sound, if it has one and the browser lets it, turns the volume, and fetches the voice when asked. */
import { CHANGED, LEVELS, choose, gain, level } from "./volume.js";

const button = document.querySelector("[data-volume-button]");
const listen = document.querySelector("[data-listen]");
const said = document.querySelector("[data-volume-said]");
const SAID_MS = 3000;
const REFUSALS = "main .notice.error, main [aria-invalid]";
let clearing = 0;

/** Plays one of the four; a browser that wants a tap first stays silent. */
function play(name) {
  if (!gain()) return;
  const sound = new Audio(`/sounds/${name}.wav`);
  sound.volume = gain();
  sound.play().catch(() => {});
}

/** Draws the present level, and says it where it was just chosen. */
function draw() {
  for (const one of button.querySelectorAll("[data-level]")) one.hidden = one.dataset.level !== level();
}

listen?.addEventListener("click", async () => (await import(listen.dataset.listen)).tapped());
button.addEventListener("click", () => choose(LEVELS[(LEVELS.indexOf(level()) + 1) % LEVELS.length]));
addEventListener(CHANGED, () => {
  draw();
  said.textContent = button.querySelector("[data-level]:not([hidden])").textContent;
  clearTimeout(clearing);
  clearing = setTimeout(() => (said.textContent = ""), SAID_MS);
});
draw();

const name = document.body.dataset.sound || (document.querySelector(REFUSALS) ? "no" : "");
if (name) play(name);
