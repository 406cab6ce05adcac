// Preact and htm as published (vendor/), put together: templates become elements and text nodes. Whatever a device, a till or
// a person wrote is a text node or an attribute's value, never markup.
import { Component, Fragment, createRef, h, render } from "./vendor/preact.mjs";
import htm from "./vendor/htm.mjs";

export const html = htm.bind(h);
export { Component, Fragment, createRef, render };
