/** Says "still working" after a second, and keeps a second tap from sending a form twice. */
const status = document.querySelector("[data-busy]");
let sent = null;

addEventListener("submit", (event) => {
  if (sent && sent === event.submitter) {
    event.preventDefault();
    return;
  }
  sent = event.submitter;
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => (status.textContent = status.dataset.busy), 900);
});

addEventListener("pageshow", () => {
  sent = null;
  status.textContent = "";
  document.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
});
