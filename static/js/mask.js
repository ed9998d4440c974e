/** "Mask" and "Show" beside what is typed: covered for who looks over a shoulder, on every page until the wipe. */
const KEPT = "masked";

/** Covers or shows what is typed in all fields that have such a button. */
function set(masked) {
  for (const button of document.querySelectorAll("[data-mask]")) {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(masked));
    button.querySelector("[data-mask-off]").hidden = masked;
    button.querySelector("[data-mask-on]").hidden = !masked;
    button.closest(".masking").querySelector("input, textarea").classList.toggle("masked", masked);
  }
}

for (const button of document.querySelectorAll("[data-mask]")) {
  button.addEventListener("click", () => {
    const masked = button.getAttribute("aria-pressed") === "false";
    sessionStorage.setItem(KEPT, String(masked));
    set(masked);
  });
}
set(sessionStorage.getItem(KEPT) === "true");
