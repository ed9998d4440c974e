/** Tells the program behind the page, at most once a minute, that somebody reads or types: else it ends. */
const { here } = document.querySelector("[data-here]").dataset;
let told = Date.now();

function tell() {
  if (Date.now() - told < 60_000) return;
  told = Date.now();
  new Image().src = `${here}?${told}`;
}

for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, tell, { passive: true });
