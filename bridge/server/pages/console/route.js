// Addresses of the console: #/jobs/ID?state=done. Behind the # nothing is sent anywhere.

export function parse(hash = location.hash) {
  const [path, asked = ""] = hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean).map(decoded);
  return { parts, query: Object.fromEntries(new URLSearchParams(asked)) };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a page: to("jobs", id), to("jobs", { state: "done" }). */
export function to(...parts) {
  const asked = typeof parts.at(-1) === "object" ? parts.pop() : {};
  const set = Object.entries(asked).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const path = parts.map((part) => encodeURIComponent(part)).join("/");
  return `#/${path}${set.length ? `?${new URLSearchParams(set)}` : ""}`;
}

export function go(...parts) {
  location.hash = to(...parts);
}
