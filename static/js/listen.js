/** Reads the page aloud: what can be seen in it, piece by piece, so that the first words come at once. */
import { CHANGED, choose, gain, level } from "./volume.js";
import { pieces, readable } from "./words.js";

const button = document.querySelector("[data-listen]");
const BUSY = 503;
const AGAIN_MS = 700;
let stopping = null;

/** Says on the button what the next tap does. */
function show(speaking) {
  button.querySelector("[data-starts]").hidden = speaking;
  button.querySelector("[data-stops]").hidden = !speaking;
}

/** The sound of a piece; null where there is none. */
async function spoken(piece, context, signal) {
  const ask = () => fetch("/listen", { method: "POST", body: JSON.stringify(piece), signal });
  try {
    let answer = await ask();
    if (answer.status === BUSY) {
      await new Promise((done) => setTimeout(done, AGAIN_MS));
      answer = await ask();
    }
    return answer.status === 200 ? await context.decodeAudioData(await answer.arrayBuffer()) : null;
  } catch {
    return null; // stopped, or the bench is starting anew
  }
}

/** Plays a sound to its end, or until it is stopped. */
function play(sound, context, out, signal) {
  return new Promise((done) => {
    const source = context.createBufferSource();
    source.buffer = sound;
    source.connect(out);
    source.addEventListener("ended", done);
    signal.addEventListener("abort", done);
    if (!signal.aborted) source.start();
  });
}

/** Reads all pieces; the next one is fetched while one is heard. */
async function read(context, out, signal) {
  const all = pieces(readable(button.dataset.choices));
  let next = spoken(all[0], context, signal);
  for (let at = 0; at < all.length && !signal.aborted; at += 1) {
    const sound = await next;
    if (at + 1 < all.length) next = spoken(all[at + 1], context, signal);
    if (sound && !signal.aborted) await play(sound, context, out, signal);
  }
}

/** Begins to read. Whoever asks for it wants to hear it: with the sound off it becomes quiet. */
async function start() {
  stopping = new AbortController();
  const { signal } = stopping;
  if (level() === "off") choose("quiet");
  show(true);
  const context = new AudioContext();
  const out = context.createGain();
  const turn = () => (out.gain.value = gain());
  turn();
  out.connect(context.destination);
  addEventListener(CHANGED, turn, { signal });
  await read(context, out, signal);
  await context.close();
  if (!signal.aborted) stop();
}

/** Is silent at once. */
function stop() {
  stopping.abort();
  stopping = null;
  show(false);
}

/** What a tap on the button does. */
export function tapped() {
  if (stopping) stop();
  else start();
}

addEventListener("pagehide", () => stopping && stop());
document.querySelector("[data-hide]")?.addEventListener("click", () => stopping && stop());
