/** A USB scanner types a badge as fast keys and Enter; this posts it. People type more slowly. */
const PREFIX = "SB1:";
const GAP_MS = 120;
const LONGEST = 300;
const form = document.getElementById("badge");
let typed = "";
let last = 0;

addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.timeStamp - last > GAP_MS) typed = "";
  last = event.timeStamp;
  if (event.key === "Enter") {
    if (typed.length > PREFIX.length && typed.toUpperCase().startsWith(PREFIX)) {
      event.preventDefault();
      form.elements.badge.value = typed.toUpperCase();
      form.submit();
    }
    typed = "";
  } else if (event.key.length === 1 && typed.length < LONGEST) {
    typed += event.key;
  }
});
