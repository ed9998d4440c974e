/** The PIN pad: its keys fill the masked field, and the system's own keyboard stays away. */
for (const pad of document.querySelectorAll("[data-keypad]")) {
  const field = pad.querySelector("input");
  const keys = pad.querySelector(".keys");
  keys.hidden = false;
  field.inputMode = "none";

  keys.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (!key) return;
    if (key === "clear") field.value = "";
    else if (key === "delete") field.value = field.value.slice(0, -1);
    else if (field.value.length < field.maxLength) field.value += key;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** Nothing typed outlives the page. */
addEventListener("pagehide", () => {
  for (const field of document.querySelectorAll("[data-keypad] input")) field.value = "";
});
