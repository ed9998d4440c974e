/** Goes back to the first screen from a page that has said what it had to say, once nobody touches it. */
const form = document.querySelector("[data-return]");
let timer = 0;

/** Starts the wait again. */
function wait() {
  clearTimeout(timer);
  timer = setTimeout(() => form.submit(), Number(form.dataset.return) * 1000);
}

for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, wait, { passive: true });
wait();
