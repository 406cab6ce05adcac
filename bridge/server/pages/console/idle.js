// Whether a person is there: pointer, keys, wheel. What the page reads by itself, because jobs move, is no sign of one.
// The bridge is told of it (api.js, touch) and ends the session on its own clock; this page closes what is on the screen.

const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

/** Of the time without a person: how often it is looked at and the bridge told, and how long before its end it is announced. */
const STEP = 1 / 30;
const WARNING = 1 / 15;

/** Whether a person did it: browsers also tell of a pointer that rests while the page moves, and of a key that something lies on. */
function moved(event, place) {
  if (event.type === "keydown") return !event.repeat;
  if (event.type !== "pointermove") return true;
  const { x, y } = place;
  [place.x, place.y] = [event.screenX, event.screenY];
  return x !== event.screenX || y !== event.screenY;
}

/** Watches until it is stopped. `seconds`: how long without a person; `tell()` the bridge of one; `warn(soon)`; `end()`. */
export class Idle {
  constructor({ seconds, tell, warn, end }) {
    this.limit = seconds * 1000;
    this.tell = tell;
    this.warn = warn;
    this.end = end;
    this.seen = Date.now();
    this.told = this.seen;
    this.soon = false;
    this.sign = (event) => moved(event, this) && this.touched();
    this.look = () => this.looked();
    for (const name of SIGNS) addEventListener(name, this.sign, { capture: true, passive: true });
    // Timers rest while the computer sleeps or the page is hidden: it is looked at before anybody reads what is on it.
    document.addEventListener("visibilitychange", this.look);
    addEventListener("pageshow", this.look);
    this.timer = setInterval(this.look, this.limit * STEP);
  }

  stop() {
    for (const name of SIGNS) removeEventListener(name, this.sign, { capture: true });
    document.removeEventListener("visibilitychange", this.look);
    removeEventListener("pageshow", this.look);
    clearInterval(this.timer);
  }

  touched() {
    if (this.over()) return;
    this.seen = Date.now();
    this.announce(false);
    // At once behind a pause: the bridge's time may be nearly up. What follows soon is told at the next look.
    if (this.seen - this.told >= this.limit * STEP) this.pass();
  }

  looked() {
    if (this.over()) return;
    if (this.seen > this.told) this.pass();
    this.announce(Date.now() - this.seen >= this.limit * (1 - WARNING));
  }

  over() {
    if (Date.now() - this.seen < this.limit) return false;
    this.stop();
    this.end();
    return true;
  }

  pass() {
    this.told = Date.now();
    this.tell();
  }

  announce(soon) {
    if (soon === this.soon) return;
    this.soon = soon;
    this.warn(soon);
  }
}
