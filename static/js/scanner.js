/** A scanner types a badge and Enter; this posts it. What was typed before, or long ago, does not count. */
const PREFIX = "SB1:";
const GAP_MS = 500; // slow wireless scanners, and a tablet that is busy
const LONGEST = 300;
const form = document.getElementById("badge");
let typed = "";
let last = 0;

addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.timeStamp - last > GAP_MS) typed = "";
  last = event.timeStamp;
  if (event.key === "Enter") {
    const code = typed.toUpperCase();
    const begin = code.lastIndexOf(PREFIX);
    typed = "";
    if (begin < 0 || code.length === begin + PREFIX.length) return;
    event.preventDefault();
    form.elements.badge.value = code.slice(begin);
    form.submit();
  } else if (event.key.length === 1) {
    typed = (typed + event.key).slice(-LONGEST);
  }
});
