/** Counts the seconds in which something can be undone, then takes the offer away; "More time" doubles them. */
for (const number of document.querySelectorAll("[data-count]")) {
  let seconds = Number(number.dataset.count);
  let times = Number(document.body.dataset.idleTimes);
  let end = performance.now() + seconds * 1000;
  const timer = setInterval(() => {
    seconds = Math.ceil((end - performance.now()) / 1000);
    number.textContent = Math.max(seconds, 0);
    if (seconds > 0) return;
    clearInterval(timer);
    for (const offer of document.querySelectorAll("[data-count-hide]")) offer.remove();
  }, 250);
  addEventListener("more-time", () => {
    const now = Number(document.body.dataset.idleTimes);
    end += (now - times) * Number(number.dataset.whole) * 1000;
    times = now;
  });
}
