/** "More time": the bench waits twice as long from here on; whatever counts on the page hears of it. */
async function more() {
  const answer = await fetch(document.body.dataset.idleMore, { method: "POST" }).catch(() => null);
  if (!answer?.ok) return;
  const { times } = await answer.json();
  document.body.dataset.idleTimes = times;
  dispatchEvent(new Event("more-time"));
}

for (const button of document.querySelectorAll("[data-more]")) {
  button.hidden &&= "later" in button.dataset;
  button.addEventListener("click", more);
}
