// The receipt as the bridge draws it, in a dialog. It is shown as an image: whatever stands on it, nothing of it is markup of this page.

import { byId, node, show } from "./dom.js";
import { say } from "./texts.js";

/** `svg`: the drawing. `title`: which document it is. */
export function showPicture(svg, title) {
  const dialog = byId("picture");
  const close = () => dialog.close();
  const heading = node("h2", { id: "picture-title" });
  show(heading, say("pictureTitle"));
  dialog.replaceChildren(
    heading,
    node("img", { src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`, alt: title }),
    node("button", { type: "button", class: "plain", onclick: close, autofocus: true }, say("close")),
  );
  dialog.showModal();
}
