// What a page may try at an address. Each attempt ends with a word that tells how it went, and never throws.
"use strict";

const probe = {
  fetch: (url, options) => fetch(url, options).then((answer) => `status ${answer.status}`, (error) => error.name),

  socket: (url) =>
    new Promise((done) => {
      const socket = new WebSocket(url);
      socket.onopen = () => {
        done("open");
        socket.close();
      };
      socket.onclose = (event) => done(`close ${event.code}`);
    }),

  image: (url) =>
    new Promise((done) => {
      const image = new Image();
      image.onload = () => done("loaded");
      image.onerror = () => done("error");
      image.src = url;
    }),

  beacon: (url) => (navigator.sendBeacon(url, "{}") ? "queued" : "refused"),

  // An iframe that goes to the address itself; its load event comes for an error page too.
  frame: (url, attributes) =>
    new Promise((done) => {
      const frame = document.createElement("iframe");
      Object.entries(attributes || {}).forEach(([name, value]) => frame.setAttribute(name, value));
      frame.onload = () => done("loaded");
      frame.src = url;
      document.body.append(frame);
    }),

  // An iframe with our own frame.html, of whatever origin: what it tells of its attempts at the address.
  embed: (page, address, attributes) =>
    new Promise((done) => {
      const name = `frame-${document.querySelectorAll("iframe").length}`;
      window.addEventListener("message", (event) => {
        if (event.data.name === name) done({ ...event.data, origin: event.origin });
      });
      probe.frame(`${page}#${encodeURIComponent(JSON.stringify({ name, address }))}`, attributes);
    }),

  // What the till in a frame of this page told last.
  till: null,

  form: (url, type) => {
    const form = document.createElement("form");
    form.method = "POST";
    form.action = url;
    form.enctype = type || "text/plain";
    const field = document.createElement("input");
    field.name = '{"op":"drawer.open","reference":"';
    field.value = '"}';
    form.append(field);
    document.body.append(form);
    form.submit();
  },

  permission: (name) =>
    navigator.permissions.query({ name: name || "loopback-network" }).then((status) => status.state, (error) => error.name),
};

window.addEventListener("message", (event) => {
  if (event.data.till) probe.till = { ...event.data.till, origin: event.origin };
});
