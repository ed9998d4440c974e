/** Counts the seconds in which something can be undone, then takes the offer away. */
for (const number of document.querySelectorAll("[data-count]")) {
  const end = performance.now() + Number(number.dataset.count) * 1000;
  const timer = setInterval(() => {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    number.textContent = Math.max(seconds, 0);
    if (seconds > 0) return;
    clearInterval(timer);
    number.closest("[data-count-hide]")?.remove();
  }, 250);
}
