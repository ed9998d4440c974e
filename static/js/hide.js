/** Quick hide: at once a poster and nothing else; what the form holds goes to the bench, never into the history. */
const PATIENCE_MS = 2000;
const hide = document.querySelector("[data-hide]");
const poster = document.querySelector("[data-poster]");

/** Leaves of the page only the poster. */
function cover() {
  sessionStorage.clear();
  for (const field of document.querySelectorAll("input, textarea")) field.value = "";
  document.title = document.title.split(" · ").pop();
  document.body.className = "";
  document.body.replaceChildren(poster.content.cloneNode(true));
}

/** Hands the form to the bench, which keeps or drops it, then shows the first screen in the place of this page. */
async function leave(href, sent) {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  if (sent) await fetch(href, { method: "POST", body: sent, redirect: "manual", signal: patience }).catch(() => null);
  location.replace(sent ? "/" : href);
}

hide.addEventListener("click", (event) => {
  event.preventDefault();
  const href = hide.getAttribute("formaction") ?? hide.getAttribute("href");
  const sent = hide.form ? new URLSearchParams(new FormData(hide.form)) : null;
  cover();
  leave(href, sent);
});
