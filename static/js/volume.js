/** How loud sounds and speech are: as the page was given it, until somebody taps the button. */
const GAINS = { loud: 1, quiet: 0.3, off: 0 };
const root = document.documentElement;

export const CHANGED = "safe-bench-volume";

/** The levels, in the order in which taps go through them. */
export const LEVELS = Object.keys(GAINS);

/** One of LEVELS. */
export function level() {
  return root.dataset.volume in GAINS ? root.dataset.volume : "off";
}

/** What samples are multiplied by, from 0 to 1. */
export function gain() {
  return GAINS[level()];
}

/** Takes another level, here and on the pages that follow. */
export function choose(wanted) {
  root.dataset.volume = wanted;
  dispatchEvent(new Event(CHANGED));
  const query = new URLSearchParams({ volume: wanted, back: "/healthz" });
  return fetch(`/display?${query}`, { redirect: "manual" }).catch(() => null);
}
