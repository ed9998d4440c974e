/** The first screen while nobody touches it: comes anew when it would look different by now, and dims at night. */
const MINUTE = 60_000;
const DIM_MINUTES = 5;
const root = document.documentElement;
const first = document.querySelector("[data-posters] article");
let dim = 0;

/** The screen as it would come now; null when nobody answers, or not as usual. */
async function asked() {
  const answer = await fetch(location.pathname).catch(() => null);
  return answer?.ok ? answer.text() : null;
}

/** Looks once a minute; where something is new, waits until the posters begin again. */
async function watch() {
  const shown = await asked();
  setInterval(async () => {
    const now = await asked();
    if (shown && now && now !== shown && !first.hidden) location.reload();
  }, MINUTE);
}

/** Starts the wait for the night again, brightly. */
function wake() {
  clearTimeout(dim);
  delete root.dataset.dim;
  if (root.dataset.palette === "night") dim = setTimeout(() => (root.dataset.dim = ""), DIM_MINUTES * MINUTE);
}

for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, wake, { passive: true });
wake();
if (!document.body.dataset.idleSeconds) watch();
