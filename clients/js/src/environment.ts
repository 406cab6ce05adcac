/** What is taken from the browser, and from Node where a program uses this package. */

import type { Clock, Environment, Frame } from "./types.js";

/** The permission's names: of today, and of Chrome 142 to 144. */
const PERMISSIONS = ["loopback-network", "local-network-access"];

export const realClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      // Longer ones overflow a timer, and would end at once.
      const timer = setTimeout(end, Math.min(milliseconds, 2 ** 31 - 1));
      signal?.addEventListener("abort", end);
    }),
};

async function permission(): Promise<PermissionState | "unknown"> {
  for (const name of PERMISSIONS) {
    try {
      return (await navigator.permissions.query({ name: name as PermissionName })).state;
    } catch {
      // This browser does not know the name (a TypeError), or has no permissions at all.
    }
  }
  return "unknown";
}

interface Policy {
  features(): string[];
  allowsFeature(name: string): boolean;
}

function frame(): Frame {
  const page = globalThis as { top?: unknown; self?: unknown; document?: { featurePolicy?: Policy; permissionsPolicy?: Policy } };
  const policy = page.document?.permissionsPolicy ?? page.document?.featurePolicy;
  // Of the names that a browser knows the newest one: a header that forbids it leaves the older name as it is.
  const known = PERMISSIONS.find((name) => policy?.features().includes(name));
  let foreign = false;
  try {
    foreign = page.top !== page.self && (page.top as { location: { origin: string } }).location.origin !== location.origin;
  } catch {
    foreign = true; // the frame around may not even be asked where it is from
  }
  return { foreign, allowed: known === undefined ? undefined : policy?.allowsFeature(known) };
}

/** localStorage, if it can be written: in frames of other sites and in private windows it may be there and throw. */
function storage(): Storage | undefined {
  try {
    const found = globalThis.localStorage;
    found.setItem("tillbridge:test", "1");
    found.removeItem("tillbridge:test");
    return found;
  } catch {
    return undefined;
  }
}

export function environment(given: Partial<Environment> = {}): Environment {
  return {
    fetch: (url, init) => fetch(url, init),
    WebSocket: globalThis.WebSocket as unknown as Environment["WebSocket"],
    clock: realClock,
    crypto: globalThis.crypto,
    location: globalThis.location,
    permission,
    activated: () => globalThis.navigator?.userActivation?.isActive ?? false,
    frame,
    storage,
    language: globalThis.document?.documentElement?.lang || globalThis.navigator?.language,
    ...given,
  };
}

export const isLoopback = (hostname: string): boolean =>
  /^(localhost|(.+\.)?localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
