/** Says "still working" after a second, and keeps a second tap from sending a form twice. */
const status = document.querySelector("[data-busy]");
const WAIT_MS = 700;
let sent = null;
let timer = 0;

/** Says it, unless the next page is there by then. */
function later() {
  clearTimeout(timer);
  timer = setTimeout(() => (status.textContent = status.dataset.busy), WAIT_MS);
}

addEventListener("submit", (event) => {
  if (sent && sent === event.submitter) {
    event.preventDefault();
    return;
  }
  sent = event.submitter;
  event.submitter?.setAttribute("aria-busy", "true");
  later();
});

addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link?.protocol.startsWith("http") && !link.hash && !event.defaultPrevented) later();
});

addEventListener("pageshow", () => {
  sent = null;
  clearTimeout(timer);
  status.textContent = "";
  document.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
});
