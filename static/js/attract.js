/** Turns the posters every 12 seconds; can be stopped, and stands still where motion is unwanted. */
const SECONDS = 12;
const panel = document.querySelector("[data-posters]");
const posters = [...panel.querySelectorAll("article")];
const turn = panel.querySelector("[data-turn]");
const still = matchMedia("(prefers-reduced-motion: reduce)");
let shown = 0;
let timer = 0;

/** Shows the next poster. */
function next() {
  posters[shown].hidden = true;
  shown = (shown + 1) % posters.length;
  posters[shown].hidden = false;
}

/** Starts or stops the turning, and says which on the button. */
function run(turning) {
  clearInterval(timer);
  timer = turning ? setInterval(next, SECONDS * 1000) : 0;
  const pause = turn.querySelector("[data-pause]");
  pause.setAttribute("aria-pressed", String(!turning));
  const [pauseDrawing, playDrawing] = pause.children;
  pauseDrawing.hidden = !turning;
  playDrawing.hidden = turning;
}

if (turn) {
  turn.hidden = false;
  run(!still.matches);
  still.addEventListener("change", () => run(!still.matches));
  turn.querySelector("[data-pause]").addEventListener("click", () => run(!timer));
  turn.querySelector("[data-next]").addEventListener("click", () => {
    next();
    if (timer) run(true);
  });
}
