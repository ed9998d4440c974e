/** Shows the camera, sends small grey frames to the bench, and posts the badge that it reads. Keeps nothing. */
const WIDTH = 640;
const HEIGHT = 480;
const EVERY_MS = 120;
const OFF_AFTER_MS = 30_000;
const ASK_MS = 15_000;
const FAILURES = 10;

const form = document.querySelector("[data-camera]");
const video = form.querySelector("video");
const message = form.querySelector("[data-camera-message]");
const onAir = form.querySelector("[data-camera-on]");
const start = form.querySelector("[data-camera-start]");
const more = form.querySelector("[data-camera-more]");
const brush = new OffscreenCanvas(WIDTH, HEIGHT).getContext("2d", { willReadFrequently: true });
let stream = null;
let begun = 0;

/** After how many milliseconds the camera goes off, for whoever is here. */
const patience = () => OFF_AFTER_MS * Number(document.body.dataset.idleTimes);

/** Turns the camera off; the words say why. */
function stop(words = "") {
  stream?.getTracks().forEach((track) => track.stop());
  stream = video.srcObject = null;
  message.textContent = words;
  onAir.hidden = more.hidden = true;
  start.hidden = false;
}

/** The picture now, as one byte of grey a pixel. */
function grey() {
  const scale = Math.max(WIDTH / video.videoWidth, HEIGHT / video.videoHeight);
  const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
  brush.drawImage(video, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
  const { data } = brush.getImageData(0, 0, WIDTH, HEIGHT);
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  for (let i = 0, j = 0; i < pixels.length; i += 1, j += 4) {
    pixels[i] = (data[j] * 77 + data[j + 1] * 150 + data[j + 2] * 29) >> 8;
  }
  return pixels;
}

/** Asks the bench what one frame says. */
async function read() {
  const sent = { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: grey() };
  const answer = await fetch(`/scan?width=${WIDTH}&height=${HEIGHT}`, sent);
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).text;
}

/** Looks, one request at a time, until a badge is read or the time is up. */
async function look(mine) {
  for (let failed = 0, left = 1; stream === mine && left > 0 && failed < FAILURES; ) {
    left = begun + patience() - performance.now();
    more.hidden = left > ASK_MS;
    const text = await read().catch(() => undefined);
    if (stream !== mine) return;
    if (text) {
      form.querySelector("input").value = text;
      stop();
      return form.requestSubmit();
    }
    failed = text === undefined ? failed + 1 : 0;
    if (failed === FAILURES) return stop(form.dataset.unread);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  if (stream === mine) stop(form.dataset.stopped);
}

/** Turns the camera on. */
async function begin() {
  start.hidden = true;
  message.textContent = "";
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: 1280 }, audio: false });
    video.srcObject = stream;
    await video.play();
    onAir.hidden = false;
    begun = performance.now();
    look(stream);
  } catch (error) {
    stop(error.name === "NotAllowedError" ? form.dataset.refused : form.dataset.missing);
  }
}

start.addEventListener("click", begin);
addEventListener("pagehide", () => stop());
if ("autostart" in form.dataset) begin();
else start.hidden = false;
