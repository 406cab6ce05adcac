// Remembering small things over a reload. A browser that keeps nothing costs that memory and nothing else.

/** `area`: "localStorage" or "sessionStorage". */
export function recall(area, name) {
  try {
    return window[area].getItem(name);
  } catch {
    return null;
  }
}

export function keep(area, name, value) {
  try {
    window[area].setItem(name, value);
  } catch {
    // It is full or switched off.
  }
}
