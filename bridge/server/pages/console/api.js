// The API as the console calls it: HTTP with the console's token. The token is in this variable alone and gone with the page.
import { current, t } from "./i18n.js";

let token = null;
let tokenId = null;
let expired = () => {};

export const held = () => ({ token, tokenId });

export function hold(newToken, newId) {
  token = newToken;
  tokenId = newId;
}

/** What to do when the bridge no longer knows the token. */
export function onExpired(handler) {
  expired = handler;
}

/** A refusal (RFC 9457) or a bridge that does not answer (status 0). */
export class Problem extends Error {
  /** It was asked for somebody who is signed out by now: nothing of it is shown to whoever is there. */
  outdated = false;

  constructor(status, said) {
    super(said.detail || said.title || t("The bridge does not answer."));
    this.status = status;
    this.code = said.code ?? "";
    this.remedy = said.remedy ?? "";
    this.fields = said.errors ?? [];
    this.reason = said.reason ?? "";
    this.retryAfter = said.retry_after ?? null;
  }
}

async function send(method, path, body, headers) {
  const sent = { "Accept-Language": current(), ...headers };
  const mine = token;
  if (mine !== null) sent.Authorization = `Bearer ${mine}`;
  if (body !== undefined) sent["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
    });
  } catch {
    throw present(mine, new Problem(0, {}));
  }
  if (!answer.ok && answer.headers.get("Content-Type")?.includes("problem+json")) {
    const problem = present(mine, new Problem(answer.status, await answer.json()));
    if (problem.status === 401 && mine !== null && !problem.outdated) expired();
    throw problem;
  }
  return { answer, mine };
}

function present(mine, problem) {
  problem.outdated = mine !== token;
  return problem;
}

/** What was read for the one who is signed in now. An answer that comes behind his sign-out is thrown away. */
function ours(mine, read) {
  if (mine === token) return read;
  throw present(mine, new Problem(0, {}));
}

/** The answer's JSON, null where it has none, with its status. Also that of a 503 which is no refusal: a bridge's health. */
export async function answered(method, path, body, headers = {}) {
  const { answer, mine } = await send(method, path, body, headers);
  return ours(mine, { status: answer.status, data: answer.status === 204 ? null : await answer.json() });
}

export const call = async (...asked) => (await answered(...asked)).data;

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);

/** Tell the bridge that a person is here. It is this that keeps an attendant signed in, and no other call. */
export const tellPresent = () => call("GET", "/session", undefined, { "Tillbridge-Present": "1" });

/** A file of the API, with the name that the bridge gives it. */
export async function file(method, path, body) {
  const { answer, mine } = await send(method, path, body, {});
  const named = /filename="?([\w.-]+)"?/.exec(answer.headers.get("Content-Disposition") ?? "");
  return ours(mine, { blob: await answer.blob(), name: named?.[1] ?? null });
}

export async function text(path) {
  const { answer, mine } = await send("GET", path, undefined, {});
  return ours(mine, await answer.text());
}

/** One part of an address. */
export const part = (value) => encodeURIComponent(value);

/** The query for what is set. */
export function query(values) {
  const set = Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return set.length === 0 ? "" : `?${new URLSearchParams(set)}`;
}

/** Hand a file to the person. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
