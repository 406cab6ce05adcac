/**
 * The connection that is always there: opened anew when it breaks, with growing pauses; calls that are put again until they are
 * answered; and every event once, in order, also of what happened while it was away.
 */
import { type Contact } from "./contact.js";
import type { Pairings } from "./memory.js";
import { Session } from "./session.js";
import type { Environment, EventHandlers, Job, Problem } from "./types.js";
export declare class Connection {
    private readonly env;
    private readonly contact;
    private readonly pairings;
    private readonly base;
    private token;
    private readonly given;
    private readonly language;
    /** The bridge's id, of its data directory. */
    readonly instance: string;
    private session;
    /** Why it ended for good. */
    private ended;
    private position;
    /** How often events were lost since every job that is not collected was last told anew. */
    private missed;
    private readonly handlers;
    private readonly ending;
    private waiters;
    constructor(env: Environment, contact: Contact, pairings: Pairings, base: string, instance: string, token: string, given: boolean, language: string | undefined);
    /** The first time. Throws TillbridgeError; afterwards it keeps itself up. */
    start(signal?: AbortSignal): Promise<void>;
    /** The session, as soon as there is one. Rejects where there will be none any more, or the caller gives up. */
    ready(signal?: AbortSignal): Promise<Session>;
    /**
     * A call that may be put twice without harm: again where its answer was lost, and where the bridge says "later". Rejects with
     * `refused` and the problem.
     */
    ask<T>(method: string, params?: object, signal?: AbortSignal): Promise<T>;
    /** A pause. Throws where the caller gives up meanwhile; ends at once with the connection. */
    rest(milliseconds: number, signal?: AbortSignal): Promise<void>;
    /** Growing with every try, and never the same for two pages that lost the same bridge. */
    backoff(tries: number): number;
    on<Kind extends keyof EventHandlers>(kind: Kind, handler: (event: EventHandlers[Kind]) => void): () => void;
    /** Of everything that may say something new about a job: its event, or that events were missed (null). */
    onSeen(handler: (job: Job | string | null) => void): () => void;
    close(): void;
    private open;
    private keep;
    /** What a close means for what comes next. */
    private meaning;
    private forget;
    /** Why a socket does not open: browsers do not tell, but what else can be asked does. */
    private diagnosis;
    /** Whether a bridge is there, as far as can be told without a token. Throws TillbridgeError. */
    private answers;
    /** A connection may be dead without a word, as when a tablet has slept. */
    private look;
    private end;
    private subscribe;
    /** Events were lost: hear what comes from now on first, then see how everything stands, so that nothing falls in between. */
    private restart;
    private retell;
    private told;
    private listen;
    private tell;
}
/** After how many milliseconds to ask again; undefined: that would change nothing. */
export declare function later(problem: Problem | undefined): number | undefined;
/** The promise, unless the caller gives up first. */
export declare function within<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T>;
