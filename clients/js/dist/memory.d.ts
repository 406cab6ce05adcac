/**
 * What is remembered over a reload: the pairing, and each operation from before it is sent until its outcome is collected.
 *
 * Each has a place of its own, so that tabs which share the storage do not overwrite each other. A storage that is missing, full or
 * throws costs the memory over a reload, and nothing else: everything is kept in this page as well.
 */
import type { Operation } from "./types.js";
/** A storage that never throws. */
export declare class Places {
    private readonly storage;
    private readonly own;
    constructor(storage: Storage | null | undefined);
    get(place: string): string | null;
    set(place: string, text: string): void;
    remove(place: string): void;
    /** The values behind each place that begins so. */
    all(beginning: string): [string, string][];
    private attempt;
}
/** A request to be paired that waits for a person, so that a reload does not ask a second time. */
export interface OpenPairing {
    id: string;
    code: string;
    until: number;
    poll: number;
}
export declare class Pairings {
    private readonly places;
    constructor(places: Places);
    token(instance: string): string | undefined;
    /** Whether this page was paired with another bridge at this address. */
    elsewhere(instance: string, address: string): boolean;
    keep(instance: string, address: string, token: string): void;
    /** Forget this token, unless another tab has a newer one by now. */
    forget(instance: string, token: string): void;
    open(address: string): OpenPairing | undefined;
    keepOpen(address: string, pairing: OpenPairing): void;
    forgetOpen(address: string): void;
    private read;
}
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
/** The operations that one bridge was sent. */
export declare class Operations {
    private readonly places;
    private readonly instance;
    constructor(places: Places, instance: string);
    get(key: string): Sent | undefined;
    add(sent: Sent): void;
    /** Write down what became of it, unless another tab has collected its outcome meanwhile. */
    update(sent: Sent): void;
    remove(key: string): void;
    all(): Sent[];
    private place;
    private read;
}
/** The same text for the same operation, in whatever order its members stand. */
export declare function canonical(value: unknown): string;
