/**
 * What of a page is read aloud: its heading, its words, the sentence so far, then what can be tapped.
 * Never what is typed, nor what is marked with data-unsaid.
 */
const PARTS = ".top h1, main, .band";
const BLOCKS = "h1,h2,h3,h4,p,li,dt,dd,label,legend,summary,figcaption,td,th,div,article,nav,section,form,button,a";
const CHOICES = "button,summary,label.card,a.button,a.way,a.tel";
const UNREAD = "input,textarea,script,style,.keys,[data-count],[data-unsaid],[aria-hidden=true]";
const ENDED = /[.!?…:;،؟。][”»"')]*$/;
const SAID = /[\p{L}\p{N}]/u;
const FIRST = 200;
const MOST = 600;

/** The visible texts below an element, in order, each with the block that it belongs to. */
function* texts(part) {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || holder.closest(UNREAD) || !holder.checkVisibility({ visibilityProperty: true })) continue;
    yield [holder.closest(CHOICES) ?? holder.closest(BLOCKS), node];
  }
}

/** A number to call or to write down is said digit by digit. */
function worded(node) {
  return node.parentElement.closest(".tel b, .digits") ? [...node.data].join(" ") : node.data;
}

/** The parts of a block, each in one language, with a further text: names may be in another than the rest. */
function grown(parts, node) {
  const { lang } = node.parentElement.closest("[lang]");
  const last = parts.at(-1);
  if (last?.lang === lang) last.text += ` ${worded(node)}`;
  else parts.push({ lang, text: worded(node) });
  return parts;
}

/** Ends as a sentence does, so that the voice falls. */
function sentence(text) {
  const plain = text.split(/\s+/).join(" ").trim();
  return ENDED.test(plain) ? plain : `${plain}.`;
}

/** What is to be said, in order: of each its language and text. `introduction` comes before the choices. */
export function readable(introduction) {
  const blocks = new Map();
  for (const part of document.querySelectorAll(PARTS))
    for (const [block, node] of texts(part)) blocks.set(block, grown(blocks.get(block) ?? [], node));
  const all = [...blocks].flatMap(([block, parts]) =>
    parts
      .filter(({ text }) => SAID.test(text))
      .map(({ lang, text }) => ({ lang, text: sentence(text), choice: block.matches(CHOICES) })),
  );
  const choices = all.filter((one) => one.choice);
  const head = { lang: document.documentElement.lang, text: introduction };
  return [...all.filter((one) => !one.choice), ...(choices.length ? [head] : []), ...choices];
}

/** The same in pieces of one language, the first one short, each cut between words where it can be. */
export function pieces(said) {
  const out = [];
  for (const { lang, text } of said)
    for (const part of text.match(/\S.{0,599}(?=\s|$)|\S{1,600}/gsu) ?? []) {
      const last = out.at(-1);
      const room = out.length === 1 ? FIRST : MOST;
      if (last?.lang === lang && last.text.length + part.length < room) last.text += ` ${part}`;
      else out.push({ lang, text: part });
    }
  return out;
}
