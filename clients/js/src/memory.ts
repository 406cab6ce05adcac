/**
 * What is remembered over a reload: the pairing, and each operation from before it is sent until its outcome is collected.
 *
 * Each has a place of its own, so that tabs which share the storage do not overwrite each other. A storage that is missing, full or
 * throws costs the memory over a reload, and nothing else: everything is kept in this page as well.
 */

import type { Operation } from "./types.js";

/** A storage that never throws. */
export class Places {
  private readonly own = new Map<string, string>();

  constructor(private readonly storage: Storage | null | undefined) {}

  get(place: string): string | null {
    return this.own.get(place) ?? this.attempt((storage) => storage.getItem(place)) ?? null;
  }

  set(place: string, text: string): void {
    this.own.delete(place);
    const written = this.attempt((storage) => {
      storage.setItem(place, text);
      return true;
    });
    if (!written) {
      this.attempt((storage) => storage.removeItem(place)); // what stands there is older
      this.own.set(place, text);
    }
  }

  remove(place: string): void {
    this.own.delete(place);
    this.attempt((storage) => storage.removeItem(place));
  }

  /** The values behind each place that begins so. */
  all(beginning: string): [string, string][] {
    const places = new Set(this.own.keys());
    this.attempt((storage) => {
      for (let index = 0; index < storage.length; index += 1) places.add(storage.key(index) ?? "");
    });
    const found: [string, string][] = [];
    for (const place of places) {
      const text = place.startsWith(beginning) ? this.get(place) : null;
      if (text !== null) found.push([place, text]);
    }
    return found;
  }

  private attempt<T>(act: (storage: Storage) => T): T | undefined {
    try {
      return this.storage ? act(this.storage) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** What stands in a place, if it is ours and whole: another version of the page may have written it. */
function parsed<T>(text: string | null, fits: (value: T) => boolean): T | undefined {
  try {
    const value = JSON.parse(text ?? "null") as T | null;
    return value !== null && fits(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

// -- pairings ---------------------------------------------------------------------------------------------------------

interface TokenPlace {
  token: string;
  /** Where the bridge was: port and host, loopback's names being one. */
  address: string;
}

/** A request to be paired that waits for a person, so that a reload does not ask a second time. */
export interface OpenPairing {
  id: string;
  code: string;
  until: number;
  poll: number;
}

const TOKEN = "tillbridge:token:";
const PAIRING = "tillbridge:pairing:";

export class Pairings {
  constructor(private readonly places: Places) {}

  token(instance: string): string | undefined {
    return this.read(TOKEN + instance)?.token;
  }

  /** Whether this page was paired with another bridge at this address. */
  elsewhere(instance: string, address: string): boolean {
    return this.places.all(TOKEN).some(([place]) => place !== TOKEN + instance && this.read(place)?.address === address);
  }

  keep(instance: string, address: string, token: string): void {
    for (const [place] of this.places.all(TOKEN)) if (this.read(place)?.address === address) this.places.remove(place);
    this.places.set(TOKEN + instance, JSON.stringify({ token, address } satisfies TokenPlace));
  }

  /** Forget this token, unless another tab has a newer one by now. */
  forget(instance: string, token: string): void {
    if (this.token(instance) === token) this.places.remove(TOKEN + instance);
  }

  open(address: string): OpenPairing | undefined {
    return parsed<OpenPairing>(this.places.get(PAIRING + address), (found) => typeof found.id === "string" && found.until > 0);
  }

  keepOpen(address: string, pairing: OpenPairing): void {
    this.places.set(PAIRING + address, JSON.stringify(pairing));
  }

  forgetOpen(address: string): void {
    this.places.remove(PAIRING + address);
  }

  private read(place: string): TokenPlace | undefined {
    return parsed<TokenPlace>(this.places.get(place), (found) => typeof found.token === "string");
  }
}

// -- operations -------------------------------------------------------------------------------------------------------

/** An operation under its key. */
export interface Sent {
  key: string;
  device: string;
  operation: Operation;
  /** When it was submitted: milliseconds since 1970. */
  at: number;
  /** The journal of the bridge that it was (or may have been) sent to; missing: surely it was not sent. */
  epoch?: string;
  /** The job that it is, once that is known. */
  job?: string;
  /** The caller was told the outcome. */
  told?: true;
}

const JOB = "tillbridge:job:";

/** The operations that one bridge was sent. */
export class Operations {
  constructor(
    private readonly places: Places,
    private readonly instance: string,
  ) {}

  get(key: string): Sent | undefined {
    return this.read(this.places.get(this.place(key)));
  }

  add(sent: Sent): void {
    this.places.set(this.place(sent.key), JSON.stringify(sent));
  }

  /** Write down what became of it, unless another tab has collected its outcome meanwhile. */
  update(sent: Sent): void {
    if (this.places.get(this.place(sent.key)) !== null) this.add(sent);
  }

  remove(key: string): void {
    this.places.remove(this.place(key));
  }

  all(): Sent[] {
    const found = this.places.all(`${JOB}${this.instance}:`).map(([, text]) => this.read(text));
    return found.filter((sent) => sent !== undefined).sort((one, other) => one.at - other.at);
  }

  private place(key: string): string {
    return `${JOB}${this.instance}:${key}`;
  }

  private read(text: string | null): Sent | undefined {
    return parsed<Sent>(text, (sent) => typeof sent.key === "string" && typeof sent.at === "number" && !!sent.operation);
  }
}

/** The same text for the same operation, in whatever order its members stand. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)))
      : item,
  );
}
