/** Keeps the code on the screen the present one, and comes anew when a phone's check-in was recorded. */
const scan = document.querySelector("[data-now]");
const picture = scan.querySelector("[data-picture]");
const address = scan.querySelector("[data-address]");
const left = scan.querySelector("[data-left]");
const words = left.textContent;
const shown = words.match(/\d+/)[0];
const LOOK_MS = 1000;

/** Shows what the bench says now; a picture changes only with its code. */
function show(now) {
  if (String(now.recorded) !== scan.dataset.recorded) return location.reload();
  if (picture.getAttribute("src") !== now.picture) picture.setAttribute("src", now.picture);
  address.textContent = now.address;
  left.textContent = words.replace(shown, now.seconds);
}

/** Asks, and asks again a second after the answer. */
async function look() {
  const answer = await fetch(scan.dataset.now, { cache: "no-store" }).catch(() => null);
  if (answer?.ok) show(await answer.json());
  setTimeout(look, LOOK_MS);
}

look();
