// Making and finding elements. Texts only ever become text nodes: what a person, a device or the bridge says is never markup.

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element. `attributes`: class, type and so on; functions listen ("onclick"); true and false set and leave out. */
export function node(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(key, String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Show this text, and touch nothing where it is shown already: a screen reader would say it again. */
export function show(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
