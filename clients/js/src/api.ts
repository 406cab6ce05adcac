// The data of the API, generated from docs/openapi.json by `npm run types`. Do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AbortAnswer
         * @description Whether the job could be stopped; what became of it is the job's to say.
         */
        AbortAnswer: {
            /** @enum {string} */
            abort: "requested" | "too_late" | "unsupported";
        };
        /** Accept */
        Accept: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @enum {string} */
            what: "identity" | "journal";
            reason: string;
        };
        /**
         * Actor
         * @description Who did it: the principal, the label of its token, the user of the operating system, the operator named.
         */
        Actor: {
            principal: string;
            label: string | null;
            os_user: string | null;
            operator: {
                [key: string]: unknown;
            } | null;
        };
        /**
         * AddressChecked
         * @description Who answers at an address. `identified`: `identity` does. `configured`: it is the address of `device`, which was left alone.
         *
         *     `configured_as`: the device that this machine is configured as already, at another address.
         */
        AddressChecked: {
            /** @enum {string} */
            outcome: "identified" | "unrecognised" | "silent" | "not_opened" | "failed" | "hung" | "configured" | "in_use";
            reason: string;
            identity: components["schemas"]["Identity"] | null;
            device: string | null;
            configured_as: string | null;
            seconds: number;
            sent: components["schemas"]["Bytes"] | null;
            received: components["schemas"]["Bytes"] | null;
        };
        /**
         * Adjustment
         * @description A discount or surcharge: an amount in the receipt's currency, or a percentage of what it applies to.
         */
        Adjustment: {
            /** @default null */
            amount?: string | null;
            /** @default null */
            percent?: string | null;
            /** @default null */
            text?: string | null;
        };
        /**
         * Alert
         * @description Something that an administrator should know of a device, kept until acknowledged. `job` is where it comes from one.
         */
        Alert: {
            id: string;
            code: string;
            text: string;
            job: string | null;
            /** Format: date-time */
            at: string;
        };
        /**
         * Amendment
         * @description A later, numbered change of registration, paper or payment outcome. State, number and totals never change.
         */
        Amendment: {
            number: number;
            /** Format: date-time */
            at: string;
            changes: {
                [key: string]: unknown;
            };
        };
        /** AnswerPrompt */
        AnswerPrompt: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            prompt_id: string;
            choice: string;
        };
        /**
         * ArithmeticProfile
         * @description How a family computes. Decimals are numbers of places; `cash_step` is the smallest coin where a country rounds cash.
         *
         *     `tolerance` is how far a line total may stand from quantity x price before it is refused (0: exactly equal).
         */
        ArithmeticProfile: {
            currency_decimals: number;
            price_decimals: number;
            quantity_decimals: number;
            line_rounding: components["schemas"]["Rounding"];
            percent_method: components["schemas"]["PercentMethod"];
            /** @example -0.02 */
            tolerance: string;
            spread: components["schemas"]["Spread"];
            cash_step: string | null;
            tax_included: boolean;
        };
        /**
         * AskPairing
         * @description A page asks to be paired. `origin` is that of its Origin header; `app_name` is shown to who decides.
         *
         *     `scopes`: what it would like (left out: what a till usually has); what it gets is the person's decision.
         */
        AskPairing: {
            origin: string;
            app_name: string;
            /** @default null */
            scopes?: components["schemas"]["Right"][] | null;
        };
        /**
         * AttendantState
         * @description The attendant's PIN. `devices` null: all. `wrong`: tries since the last right one; `locked_for`: seconds, 0 where it is not.
         *
         *     `sessions`: how many are signed in.
         */
        AttendantState: {
            set: boolean;
            devices: string[] | null;
            set_at: string | null;
            set_by: string | null;
            wrong: number;
            locked_for: number;
            sessions: number;
        };
        /**
         * Attention
         * @description Why a job waits, for the person at the till. `prompt_id` and `choices` are set where an answer is asked for.
         */
        Attention: {
            code: string;
            text: string;
            /** Format: date-time */
            since: string;
            prompt_id: string | null;
            choices: components["schemas"]["Choice"][];
            default: string | null;
            expires_at: string | null;
        };
        /**
         * Audit
         * @description Oldest first. `next` is the `after` of the next page, null on the last one.
         */
        Audit: {
            audit: components["schemas"]["AuditEntry"][];
            next: number | null;
        };
        /**
         * AuditEntry
         * @description One act: who did what to which device or job. `detail` depends on the action.
         */
        AuditEntry: {
            seq: number;
            /** Format: date-time */
            at: string;
            actor: components["schemas"]["Actor"];
            action: string;
            subject: string;
            detail: {
                [key: string]: unknown;
            };
        };
        /**
         * BareProblem
         * @description A refused connection: too many are busy. Try again in a moment.
         */
        BareProblem: {
            /** @constant */
            type: "about:blank";
            title: string;
            status: number;
            detail: string;
        };
        /**
         * BridgeFacts
         * @description `started_at` by the PC's clock; `uptime` in seconds, whatever was done to that clock. `problems`: null for who is no
         *     administrator.
         */
        BridgeFacts: {
            version: string;
            instance_id: string;
            /** Format: date-time */
            started_at: string;
            uptime: number;
            /** @enum {string} */
            status: "ok" | "degraded" | "down";
            problems: string[] | null;
        };
        /**
         * Bytes
         * @description What went over a wire: how many, the first of them as printable text and as hexadecimal. `cut`: there were more.
         */
        Bytes: {
            bytes: number;
            text: string;
            hex: string;
            cut: boolean;
        };
        /**
         * Capabilities
         * @description What this device, with its firmware and settings, can do.
         *
         *     `limits`: names and numbers that a till may need ("lines": 500, "line.name": 80). `arithmetic` overrides the family's
         *     where the device itself says how it rounds. `max_amount` is the largest amount of one figure.
         *     `delivery`: the ways in which it hands a document over, of those that `delivery` of a receipt names. `print_items`: what a
         *     non-fiscal printout may be made of: text, bold, double, qr, ean13, code128, feed, cut.full, cut.partial. `copies`: of what a copy
         *     can be had: last (the last document, on paper), document (one by its number, on paper), data (one by its number, read back).
         */
        Capabilities: {
            operations: string[];
            receipt_kinds: string[];
            invoice_kinds: string[];
            line_kinds: string[];
            payment_kinds: string[];
            currencies: string[];
            taxes: components["schemas"]["TaxRate"][] | null;
            limits: {
                [key: string]: number;
            };
            max_amount: string | null;
            arithmetic: components["schemas"]["ArithmeticProfile"] | null;
            /** @enum {string} */
            shift: "explicit" | "implicit" | "none";
            /** @enum {string} */
            status_during_job: "cached" | "between_commands" | "parallel";
            /** @enum {string} */
            abort_via: "same_link" | "second_link" | "none";
            code_page: string | null;
            extras: string[];
            delivery: string[];
            print_items: string[];
            copies: string[];
        };
        /**
         * CardSlip
         * @description What the terminal said of a card payment that this receipt records. No full card number belongs here.
         */
        CardSlip: {
            /** @default null */
            scheme?: string | null;
            /** @default null */
            masked_pan?: string | null;
            /** @default null */
            authorisation_code?: string | null;
            /** @default null */
            terminal_id?: string | null;
        };
        /** CashIn */
        CashIn: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "cash.in";
            /** @example 9.00 */
            amount: string;
            currency: string;
        };
        /** CashOut */
        CashOut: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "cash.out";
            /** @example 9.00 */
            amount: string;
            currency: string;
        };
        /** Change */
        Change: {
            /** @default cash */
            kind?: components["schemas"]["PaymentKind"];
            /** @example 9.00 */
            amount: string;
            /** @default null */
            label?: string | null;
        };
        /**
         * CheckAddress
         * @description What is to be tried: as for PUT /devices/{device}/config. `device`: the one that is edited; its stored secrets stand in for
         *     those that are masked or left out.
         */
        CheckAddress: {
            family: string;
            url: string;
            /** @default {} */
            settings?: {
                [key: string]: unknown;
            };
            /** @default null */
            device?: string | null;
        };
        /**
         * Choice
         * @description An answer that may be given to a prompt, or a way to settle an unresolved job.
         */
        Choice: {
            code: string;
            text: string;
        };
        /** ClockSet */
        ClockSet: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "clock.set";
            /** @default null */
            to?: string | null;
        };
        /**
         * Configure
         * @description A device's configuration. `settings` are the family's: `GET /families` has their JSON Schema.
         *
         *     Of a device that exists, a secret that is left out, or sent as the ten asterisks by which it is shown, stays as it is; null
         *     takes it away.
         */
        Configure: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            family: string;
            url: string;
            /** @default {} */
            settings?: {
                [key: string]: unknown;
            };
            /**
             * @description Other programs use the device too, so that its counters prove nothing.
             * @default false
             */
            shared?: boolean;
            /**
             * @description Texts that it cannot show: refuse them, or change them visibly and say so.
             * @default strict
             * @enum {string}
             */
            fit?: "strict" | "lenient";
            /**
             * @default {
             *       "document": 120,
             *       "payment": 30,
             *       "report": 600,
             *       "effect": 60
             *     }
             */
            deadlines?: components["schemas"]["Deadlines"];
            /**
             * @default {
             *       "open": 5,
             *       "identify": 60,
             *       "ask": 60,
             *       "status": 10,
             *       "silence": 180,
             *       "close": 5,
             *       "reconnect": 5,
             *       "recover_again": 60,
             *       "idle": 60,
             *       "http": 10
             *     }
             */
            timeouts?: components["schemas"]["Timeouts"];
        };
        /**
         * ConsoleLink
         * @description Works once, and for so many seconds. Open it in a browser of this PC.
         */
        ConsoleLink: {
            link: string;
            expires_in: number;
        };
        /**
         * ConsoleSession
         * @description A console is signed in, for so many seconds at most. `idle_seconds`: and without a sign of a person; null: no such limit.
         */
        ConsoleSession: {
            token_id: string;
            token: string;
            expires_in: number;
            idle_seconds: number | null;
        };
        /**
         * Copy
         * @description A document once more: the last one, or the one with this number (of `issued_on`, where numbers begin anew each day).
         *
         *     `delivery`: another way than paper for the same document, e.g. as an e-document. With `paper` false and no other way it is read
         *     back as data, where the device keeps its documents: number, sign, figures, text and QR code in the result, all that it says in
         *     the evidence, and nothing is printed. Which copies a device has, its capabilities say (`copies`).
         */
        Copy: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "copy";
            /**
             * @default receipt
             * @enum {string}
             */
            kind?: "receipt" | "invoice" | "report" | "slip";
            /** @default null */
            document?: string | null;
            /** @default null */
            issued_on?: string | null;
            /**
             * @default {
             *       "paper": true,
             *       "email": null,
             *       "sms": null,
             *       "edocument": null
             *     }
             */
            delivery?: components["schemas"]["Delivery"];
        };
        /**
         * CreateToken
         * @description A token without pairing. With `origin` it is a page's, else a program's. `user_id`: Linux the uid, Windows the SID.
         */
        CreateToken: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            label: string;
            /** @default null */
            scopes?: components["schemas"]["Right"][] | null;
            /** @default null */
            devices?: string[] | null;
            /** @default {} */
            aliases?: {
                [key: string]: string;
            };
            /** @default {} */
            routes?: {
                [key: string]: {
                    [key: string]: string;
                };
            };
            /** @default null */
            origin?: string | null;
            /** @default null */
            user_id?: string | null;
            /** @default null */
            user?: string | null;
            /** @default null */
            session?: string | null;
            /** @default null */
            expires_at?: string | null;
        };
        /** Customer */
        Customer: {
            /** @default [] */
            ids?: components["schemas"]["CustomerId"][];
            /** @default null */
            name?: string | null;
            /** @default null */
            address?: string | null;
            /** @default null */
            email?: string | null;
            /** @default null */
            phone?: string | null;
            /** @default null */
            loyalty_id?: string | null;
        };
        /** CustomerId */
        CustomerId: {
            type: string;
            value: string;
        };
        /**
         * Deadlines
         * @description Seconds from acceptance within which a job must begin, by the kind of operation.
         */
        Deadlines: {
            /**
             * @description Receipts, invoices, cash in and out.
             * @default 120
             */
            document?: number;
            /**
             * @description Payments, and what else a terminal does.
             * @default 30
             */
            payment?: number;
            /**
             * @description Reports and shifts.
             * @default 600
             */
            report?: number;
            /**
             * @description Drawer, copies, display, printouts.
             * @default 60
             */
            effect?: number;
        };
        /**
         * Deadlines
         * @description Seconds from acceptance within which a job must begin, by the kind of operation.
         */
        DeadlinesAnswer: {
            /** @description Receipts, invoices, cash in and out. */
            document: number;
            /** @description Payments, and what else a terminal does. */
            payment: number;
            /** @description Reports and shifts. */
            report: number;
            /** @description Drawer, copies, display, printouts. */
            effect: number;
        };
        /**
         * DecidePairing
         * @description `code`: the six digits that the page shows. Without `scopes` it gets, of what it asked for, what a till usually has.
         *
         *     `bind`: on a computer of several users, whether the token holds for the user who asked, or in this session of his alone,
         *     which ends when he signs out.
         */
        DecidePairing: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            label?: string | null;
            /** @default null */
            scopes?: components["schemas"]["Right"][] | null;
            /** @default null */
            devices?: string[] | null;
            /** @default {} */
            aliases?: {
                [key: string]: string;
            };
            /** @default {} */
            routes?: {
                [key: string]: {
                    [key: string]: string;
                };
            };
            /** @enum {string} */
            decision: "approve" | "reject";
            code: string;
            /**
             * @default user
             * @enum {string}
             */
            bind?: "user" | "session";
        };
        /**
         * Delivery
         * @description How the customer gets the document. Nothing is sent anywhere unless it is asked for here.
         */
        Delivery: {
            /** @default true */
            paper?: boolean;
            /** @default null */
            email?: string | null;
            /** @default null */
            sms?: string | null;
            /** @default null */
            edocument?: components["schemas"]["EDocument"] | null;
        };
        /**
         * Device
         * @description A configured device. Secrets among `settings` are shown as asterisks; who is no administrator gets neither `url` nor them.
         *
         *     `seen` is who answers now where that is another than the pinned `identity`; `queue` and `open_jobs` are ids of jobs;
         *     `journal_hold` says why documents wait until an administrator accepts the journal.
         */
        Device: {
            id: string;
            family: string;
            title: string | null;
            url: string | null;
            shared: boolean;
            /** @enum {string} */
            fit: "strict" | "lenient";
            deadlines: components["schemas"]["DeadlinesAnswer"];
            timeouts: components["schemas"]["TimeoutsAnswer"];
            settings: {
                [key: string]: unknown;
            } | null;
            state: components["schemas"]["DeviceState"];
            reason: string | null;
            identity: components["schemas"]["Identity"] | null;
            seen: components["schemas"]["Identity"] | null;
            capabilities: components["schemas"]["Capabilities"] | null;
            journal_hold: string | null;
            alerts: components["schemas"]["Alert"][];
            queue: string[];
            open_jobs: string[];
        };
        /**
         * DeviceConfig
         * @description One configured device. `settings` are the family's; its secrets are among them in memory, never in devices.toml.
         */
        DeviceConfig: {
            family: string;
            url: string;
            settings: {
                [key: string]: unknown;
            };
            /** @description Other programs use the device too, so that its counters prove nothing. */
            shared: boolean;
            /**
             * @description Texts that it cannot show: refuse them, or change them visibly and say so.
             * @enum {string}
             */
            fit: "strict" | "lenient";
            deadlines: components["schemas"]["DeadlinesAnswer"];
            timeouts: components["schemas"]["TimeoutsAnswer"];
        };
        /**
         * DeviceOverview
         * @description A device at a glance. `status` is what it said last (see its `as_of`); `queue` and `unresolved` are ids of jobs.
         *
         *     `waiting` and `last_job` are of jobs that the token may see.
         */
        DeviceOverview: {
            id: string;
            family: string;
            title: string | null;
            identity: components["schemas"]["Identity"] | null;
            state: components["schemas"]["DeviceState"];
            reason: string | null;
            last_error: string | null;
            status: components["schemas"]["DeviceStatus"] | null;
            queue: string[];
            open_jobs: string[];
            unresolved: string[];
            waiting: components["schemas"]["WaitingJob"][];
            last_job: components["schemas"]["LastJob"] | null;
            alerts: components["schemas"]["Alert"][];
            journal_hold: string | null;
        };
        /**
         * DeviceSettings
         * @description A device's configuration, to be edited: `config` is what PUT takes. Secrets are shown as ten asterisks; `secrets` names
         *     those that are set.
         */
        DeviceSettings: {
            id: string;
            config: components["schemas"]["DeviceConfig"];
            secrets: string[];
        };
        /**
         * DeviceState
         * @enum {string}
         */
        DeviceState: "connecting" | "ready" | "offline" | "wrong_device" | "broken";
        /**
         * DeviceStatus
         * @description What the device said last; None where it does not tell. `details` has the family's own words.
         */
        DeviceStatus: {
            /** Format: date-time */
            as_of: string;
            paper: ("ok" | "low" | "out") | null;
            cover: ("closed" | "open") | null;
            drawer: ("closed" | "open") | null;
            shift: ("open" | "closed" | "expired") | null;
            clock: string | null;
            fiscal_mode: boolean | null;
            fiscal_memory: ("ok" | "low" | "full") | null;
            last_document: string | null;
            busy: boolean | null;
            attention: string | null;
            problems: string[];
            details: {
                [key: string]: unknown;
            };
        };
        /**
         * DeviceWire
         * @description Frames, oldest first. `next`: the `after` of the next question; `more`: there are further ones now. `missed`: some that came
         *     behind `after` are not kept any more. `problems`: why frames are shown as bytes.
         */
        DeviceWire: {
            device: string;
            connected: boolean;
            frames: components["schemas"]["Frame"][];
            next: string;
            more: boolean;
            missed: boolean;
            problems: string[];
        };
        /** Devices */
        Devices: {
            devices: components["schemas"]["Device"][];
        };
        /** DisplayShow */
        DisplayShow: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "display.show";
            lines: string[];
        };
        /**
         * Document
         * @description What the device issued. `number` is the device's own; `fiscal_id` the one that is unique beyond the device.
         */
        Document: {
            number: string | null;
            shift: string | null;
            fiscal: boolean;
            fiscal_id: string | null;
            issued_at: string | null;
            total: string | null;
            text: string | null;
            qr: string | null;
            report: components["schemas"]["Report"] | null;
        };
        /**
         * DocumentContinue
         * @description Go on with a document that waits for paper. Passes the queue.
         */
        DocumentContinue: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "document.continue";
        };
        /** DrawerOpen */
        DrawerOpen: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "drawer.open";
        };
        /** EDocument */
        EDocument: {
            id: string;
            /** @default null */
            server?: string | null;
        };
        /**
         * EndpointFacts
         * @description A kind of address. `defaults`: URL options where the URL names none; `options`: JSON Schema of all that there are;
         *     `shareable`: several devices may be behind one; `ports`: the usual ones; `available`: this bridge can open it.
         */
        EndpointFacts: {
            defaults: {
                [key: string]: string;
            };
            options: {
                [key: string]: unknown;
            };
            shareable: boolean;
            example: string;
            ports: number[];
            available: boolean;
        };
        /**
         * EntryMode
         * @description How the card was read.
         * @enum {string}
         */
        EntryMode: "chip" | "contactless" | "magnetic" | "manual" | "qr" | "other";
        /**
         * Expect
         * @description What the till believes of the device. Checked when the job starts; a miss fails it with `request.conflict`.
         */
        Expect: {
            /** @default null */
            last_document?: string | null;
        };
        /**
         * Families
         * @description `device` is the JSON Schema of what every device has beside its family's settings.
         */
        Families: {
            families: components["schemas"]["Plugin"][];
            device: {
                [key: string]: unknown;
            };
        };
        /**
         * Family
         * @description A kind of device that a plugin knows. `settings` is the JSON Schema of its settings, `secrets` those kept apart.
         */
        Family: {
            id: string;
            title: string;
            settings: {
                [key: string]: unknown;
            };
            secrets: string[];
            endpoints: {
                [key: string]: components["schemas"]["EndpointFacts"];
            };
            found_by: components["schemas"]["FoundBy"];
            actions: components["schemas"]["ServiceAction"][];
        };
        /**
         * Fate
         * @description What became of the document.
         * @enum {string}
         */
        Fate: "not_issued" | "issued" | "unknown";
        /**
         * ForeignMoney
         * @description Paid in another currency: `amount` in that currency, `rate` units of the receipt's currency for one of it.
         */
        ForeignMoney: {
            currency: string;
            /** @example 9.00 */
            amount: string;
            /** @example 9.00 */
            rate: string;
        };
        /**
         * FoundBy
         * @description By what discovery knows such a device before it has asked it: USB ids (`vendor:product`, hexadecimal, `*` any), mDNS.
         */
        FoundBy: {
            usb: string[];
            mdns: string[];
        };
        /**
         * FoundDevice
         * @description What a scan found. `family` and `url` are what PUT /devices/{device}/config takes.
         *
         *     `configured_as`: the device that it is already; `left_alone`: it was not asked; `ambiguous_with`: families that know it too.
         */
        FoundDevice: {
            family: string;
            title: string | null;
            identity: components["schemas"]["Identity"] | null;
            url: string;
            place: string;
            configured_as: string | null;
            left_alone: boolean;
            ambiguous_with: string[];
        };
        /**
         * Frame
         * @description `number`: of the transfer that completed it.
         */
        Frame: {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            kind: "state" | "checkpoint" | "prompt" | "act" | "amended" | "phase" | "sent" | "received" | "log";
            title: string;
            fields: components["schemas"]["StepField"][];
            link: number | null;
            phase: ("execute" | "recover") | null;
            milliseconds: number | null;
            answered: boolean | null;
            checksum: ("ok" | "wrong" | "none" | "masked") | null;
            garbage: string | null;
            hex: string | null;
            number: number;
        };
        /**
         * HealthReport
         * @description Degraded when something needs a person; `problems` says what, one sentence each. `devices`: the state of each.
         */
        HealthReport: {
            /** @enum {string} */
            status: "ok" | "degraded" | "down";
            problems: string[];
            journal: components["schemas"]["JournalHealth"];
            devices: {
                [key: string]: components["schemas"]["DeviceState"];
            };
            jobs: components["schemas"]["JobCounts"];
        };
        /**
         * HealthWord
         * @description What strangers learn: whether all is well. `down`: no document can be accepted.
         */
        HealthWord: {
            /** @enum {string} */
            status: "ok" | "degraded" | "down";
        };
        /**
         * Identity
         * @description What pins a device: its model, serial and fiscal (unique) number. At least one of the two numbers is set.
         */
        Identity: {
            model: string;
            serial: string | null;
            fiscal_number: string | null;
            firmware: string | null;
            protocol: string | null;
        };
        /**
         * Invoice
         * @description One invoice, whole.
         */
        Invoice: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            currency: string;
            lines: components["schemas"]["Line"][];
            /** @default null */
            discount?: components["schemas"]["Adjustment"] | null;
            /** @default null */
            surcharge?: components["schemas"]["Adjustment"] | null;
            /** @default null */
            total?: string | null;
            /**
             * @default 0
             * @example -0.02
             */
            rounding?: string;
            /** @default [] */
            payments?: components["schemas"]["Payment"][];
            /** @default null */
            change?: components["schemas"]["Change"][] | null;
            /**
             * @default {
             *       "paper": true,
             *       "email": null,
             *       "sms": null,
             *       "edocument": null
             *     }
             */
            delivery?: components["schemas"]["Delivery"];
            /** @default null */
            original?: components["schemas"]["Original"] | null;
            /** @default {} */
            extras?: {
                [key: string]: unknown;
            };
            /** @default null */
            fit?: ("strict" | "lenient") | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "invoice";
            /** @default invoice */
            kind?: components["schemas"]["InvoiceKind"];
            /** @default null */
            number?: string | null;
            /** @default null */
            title?: string | null;
            buyer: components["schemas"]["Party"];
            /** @default null */
            recipient?: components["schemas"]["Party"] | null;
            /** @default null */
            sold_on?: string | null;
            /** @default null */
            due_on?: string | null;
            /** @default null */
            bank_account?: string | null;
            /** @default 0 */
            copies?: number;
            /** @default [] */
            remarks?: components["schemas"]["Remark"][];
            /** @default null */
            exemption?: string | null;
            /** @default [] */
            notes?: string[];
        };
        /**
         * InvoiceKind
         * @enum {string}
         */
        InvoiceKind: "invoice" | "proforma" | "correction";
        /**
         * Job
         * @description A job as clients see it.
         *
         *     `success` is true only where the document was issued or the payment fully approved. `operation` is what was asked for,
         *     without what was left at its default; it, `result` and `error` are null once the details are no longer kept.
         */
        Job: {
            id: string;
            device: string;
            op: string;
            class: components["schemas"]["OperationClass"];
            state: components["schemas"]["JobState"];
            success: boolean | null;
            reference: string | null;
            part: boolean;
            retry_of: string | null;
            /** Format: date-time */
            created_at: string;
            started_at: string | null;
            finished_at: string | null;
            /** Format: date-time */
            deadline: string;
            attention: components["schemas"]["Attention"] | null;
            queue_position: number | null;
            result: components["schemas"]["Result"] | null;
            error: components["schemas"]["JobError"] | null;
            collected: boolean;
            actor: components["schemas"]["Actor"];
            operation: {
                [key: string]: unknown;
            } | null;
            history: components["schemas"]["Transition"][];
            amendments: components["schemas"]["Amendment"][];
        };
        /** JobCounts */
        JobCounts: {
            open: number;
            unresolved: number;
        };
        /**
         * JobError
         * @description Why a job has no document, as `job.error` says it.
         *
         *     `message` is for the person at the till: what happened, is the receipt out or not, what to do. `texts` keeps the same by
         *     language (ISO 639-1), as far as the driver has it; English is always in `message` and `remedy` themselves.
         */
        JobError: {
            code: string;
            message: string;
            fate: components["schemas"]["Fate"];
            retry: components["schemas"]["Retry"];
            remedy: string;
            device_code: string | null;
            device_text: string | null;
            field: string | null;
            limit: string | null;
            job: string | null;
        };
        /**
         * JobState
         * @enum {string}
         */
        JobState: "queued" | "running" | "unresolved" | "done" | "failed";
        /**
         * JobWire
         * @description All that happened to a job, oldest first. `verdict`: how it stands and why, in sentences; `missing`: what could not be had.
         */
        JobWire: {
            job: string;
            state: components["schemas"]["JobState"];
            verdict: string[];
            missing: string[];
            timeline: components["schemas"]["Step"][];
            next: number | null;
        };
        /**
         * Jobs
         * @description Newest first. `next` is the `after` of the next page, null on the last one.
         */
        Jobs: {
            jobs: components["schemas"]["Job"][];
            next: string | null;
        };
        /**
         * JournalHealth
         * @description `commits`: how often the journal was written since the start.
         */
        JournalHealth: {
            writable: boolean;
            commits: number;
        };
        /**
         * Kind
         * @description Where a token belongs.
         * @enum {string}
         */
        Kind: "admin" | "console" | "web" | "native";
        /** KindTotal */
        KindTotal: {
            kind: string;
            /** @example -0.02 */
            amount: string;
            count: number | null;
        };
        /**
         * LastJob
         * @description The newest job that is done or failed. `error`: what it says to the person at the till.
         */
        LastJob: {
            id: string;
            op: string;
            state: components["schemas"]["JobState"];
            success: boolean | null;
            finished_at: string | null;
            number: string | null;
            error: string | null;
        };
        /**
         * Line
         * @description One line. `price` is for one unit; `total` is quantity x price after the line's own discount or surcharge.
         */
        Line: {
            /** @default item */
            kind?: components["schemas"]["LineKind"];
            name: string;
            /** @default null */
            description?: string | null;
            /**
             * @default 1
             * @example 1.000
             */
            quantity?: string;
            /** @default null */
            unit?: string | null;
            /** @example 9.00 */
            price: string;
            /** @default null */
            total?: string | null;
            /** @default null */
            vat?: string | null;
            /** @default [] */
            taxes?: components["schemas"]["Tax"][];
            /** @default null */
            discount?: components["schemas"]["Adjustment"] | null;
            /** @default null */
            surcharge?: components["schemas"]["Adjustment"] | null;
            /** @default null */
            code?: string | null;
            /** @default null */
            original?: components["schemas"]["Original"] | null;
            /** @default null */
            marking?: components["schemas"]["Marking"] | null;
            /** @default {} */
            extras?: {
                [key: string]: unknown;
            };
        };
        /**
         * LineKind
         * @description What a line is. The kind gives the sign; amounts are always positive.
         * @enum {string}
         */
        LineKind: "item" | "return" | "deposit" | "deposit_return" | "advance" | "advance_settlement" | "voucher";
        /**
         * MakeBundle
         * @description `job`: one that it is about, whenever it was. `since`: how far back, 15m, 7d (left out) or a moment.
         */
        MakeBundle: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            job?: string | null;
            /** @default null */
            since?: string | null;
        };
        /**
         * Marking
         * @description A marking code as its bytes, in base64 (a group separator is legal there).
         */
        Marking: {
            code_b64: string;
        };
        /**
         * MarkingCheck
         * @description Ask the device and the marking system behind it whether goods with this code may be sold, or taken back.
         *
         *     `quantity` and `unit` of goods that are sold in parts. What came of it is in `evidence.marking`; a code that must not be
         *     sold fails the job.
         */
        MarkingCheck: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "marking.check";
            marking: components["schemas"]["Marking"];
            /**
             * @default sale
             * @enum {string}
             */
            kind?: "sale" | "refund";
            /** @default null */
            quantity?: string | null;
            /** @default null */
            unit?: string | null;
            /** @default {} */
            extras?: {
                [key: string]: unknown;
            };
        };
        /**
         * NewSecret
         * @description A token's text, told this once: only its hash is kept.
         */
        NewSecret: {
            token_id: string;
            token: string;
        };
        /** OpenAttendant */
        OpenAttendant: {
            /** @description Six to twelve digits. */
            pin: string;
        };
        /**
         * OpenConsole
         * @description `code`: what stands behind the # of the link.
         */
        OpenConsole: {
            code: string;
        };
        /**
         * OperationClass
         * @description How certain an operation must be.
         *
         *     `document` and `money`: exactly once, doubt blocks the device. `effect`: at most once, never blocks.
         * @enum {string}
         */
        OperationClass: "document" | "money" | "effect";
        /**
         * Operator
         * @description The cashier, as printed where the device has a field for it.
         */
        Operator: {
            /** @default null */
            id?: string | null;
            /** @default null */
            name?: string | null;
            /** @default null */
            tax_id?: string | null;
        };
        /**
         * Original
         * @description The earlier document that a return or correction refers to.
         */
        Original: {
            /** @default null */
            device?: string | null;
            /** @default null */
            document?: string | null;
            /** @default null */
            fiscal_id?: string | null;
            /** @default null */
            issued_at?: string | null;
        };
        /**
         * OriginalPayment
         * @description An earlier payment: by the job that made it, or by the terminal's own numbers of one that no job here made.
         *
         *     With `job` the bridge fills in what that job's result has; a number given beside it must agree with it.
         */
        OriginalPayment: {
            /** @default null */
            job?: string | null;
            /** @default null */
            receipt_number?: string | null;
            /** @default null */
            trace_number?: string | null;
            /** @default null */
            authorisation_code?: string | null;
            /** @default null */
            transaction_id?: string | null;
            /** @default null */
            terminal_id?: string | null;
            /** @default null */
            issued_at?: string | null;
        };
        /**
         * Outcome
         * @description How a card payment ended: the terminal's word, not the bridge's.
         * @enum {string}
         */
        Outcome: "approved" | "partial" | "declined" | "cancelled" | "timed_out" | "reversed";
        /**
         * Overview
         * @description All that a person wants to see first. `jobs`: of the devices told of here.
         */
        Overview: {
            bridge: components["schemas"]["BridgeFacts"];
            devices: components["schemas"]["DeviceOverview"][];
            jobs: components["schemas"]["JobCounts"];
        };
        /**
         * PairingAsked
         * @description Show the code: the person at the till compares it. Then ask every `poll_seconds` what became of it.
         */
        PairingAsked: {
            pairing_id: string;
            verification_code: string;
            expires_in: number;
            poll_seconds: number;
        };
        /**
         * PairingDecided
         * @description `token`: what the page was given; null where it was sent away.
         */
        PairingDecided: {
            /** @enum {string} */
            decision: "approve" | "reject";
            token: components["schemas"]["TokenInfo"] | null;
        };
        /**
         * PairingState
         * @description What became of a pairing. The token is told once, with the first answer behind the approval; keep it.
         */
        PairingState: {
            state: components["schemas"]["State"];
            expires_in: number;
            token: string | null;
            token_id: string | null;
            scopes: components["schemas"]["Right"][];
        };
        /**
         * Paper
         * @enum {string}
         */
        Paper: "printed" | "pending" | "suppressed" | "unknown";
        /**
         * Party
         * @description A buyer or recipient. `ids` as of a customer ("nip", "vat_eu"); `address` line by line.
         */
        Party: {
            name: string;
            /** @default [] */
            ids?: components["schemas"]["CustomerId"][];
            /** @default [] */
            address?: string[];
            /** @default null */
            country?: string | null;
            /** @default null */
            email?: string | null;
            /** @default null */
            phone?: string | null;
        };
        /** Payment */
        Payment: {
            kind: components["schemas"]["PaymentKind"];
            /** @example 9.00 */
            amount: string;
            /** @default null */
            label?: string | null;
            /** @default null */
            foreign?: components["schemas"]["ForeignMoney"] | null;
            /** @default null */
            payment_job?: string | null;
            /** @default null */
            card?: components["schemas"]["CardSlip"] | null;
        };
        /**
         * PaymentCapture
         * @description Charges what was reserved, at most the reserved amount; what is left of it is free again.
         */
        PaymentCapture: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "payment.capture";
            original: components["schemas"]["OriginalPayment"];
            /** @example 9.00 */
            amount: string;
            currency: string;
        };
        /**
         * PaymentKind
         * @enum {string}
         */
        PaymentKind: "cash" | "card" | "transfer" | "voucher" | "prepaid" | "credit" | "exchange" | "other";
        /**
         * PaymentPreauthorise
         * @description Reserves an amount on a card. With `original` it raises or prolongs that reservation.
         */
        PaymentPreauthorise: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "payment.preauthorise";
            /** @example 9.00 */
            amount: string;
            currency: string;
            /** @default null */
            original?: components["schemas"]["OriginalPayment"] | null;
        };
        /**
         * PaymentPurchase
         * @description A card payment.
         */
        PaymentPurchase: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /** @example 9.00 */
            amount: string;
            currency: string;
            /** @default null */
            tip?: string | null;
            /** @default null */
            cashback?: string | null;
            /** @default false */
            allow_partial?: boolean;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "payment.purchase";
        };
        /**
         * PaymentRefund
         * @description Money back to a card. With `original` it belongs to that payment, where the terminal can tell it so; without it the
         *     card that is presented is given the amount.
         */
        PaymentRefund: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "payment.refund";
            /** @example 9.00 */
            amount: string;
            currency: string;
            /** @default null */
            original?: components["schemas"]["OriginalPayment"] | null;
        };
        /**
         * PaymentRelease
         * @description Gives a reservation up: all of it, or the part `amount`.
         */
        PaymentRelease: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "payment.release";
            original: components["schemas"]["OriginalPayment"];
            /** @default null */
            amount?: string | null;
            /** @default null */
            currency?: string | null;
        };
        /**
         * PaymentResult
         * @description A terminal's decision. Amounts are in the payment's currency.
         *
         *     `approved` is what the card is charged with (or given back), all in all; `tip`, `cashback` and `fee` are parts of it, `fee`
         *     being what the terminal added by itself. `receipt_number`: the terminal's own, by which it finds the payment again;
         *     `trace_number` that between terminal and host; `transaction_id`: where the host gives one that is unique. `original`: the
         *     receipt number of the payment that this one takes back or finishes.
         */
        PaymentResult: {
            outcome: components["schemas"]["Outcome"];
            /** @example 9.00 */
            requested: string;
            /** @example 9.00 */
            approved: string;
            currency: string;
            tip: string | null;
            cashback: string | null;
            fee: string | null;
            reason_code: string | null;
            reason_text: string | null;
            authorisation_code: string | null;
            trace_number: string | null;
            receipt_number: string | null;
            transaction_id: string | null;
            original: string | null;
            terminal_id: string | null;
            merchant_id: string | null;
            masked_pan: string | null;
            scheme: string | null;
            application: string | null;
            application_id: string | null;
            entry_mode: components["schemas"]["EntryMode"] | null;
            verification: components["schemas"]["Verification"] | null;
            online: boolean | null;
            decided_at: string | null;
            receipts: components["schemas"]["TerminalReceipt"][];
        };
        /**
         * PaymentReversal
         * @description Takes an earlier payment back, as if it had not been; most terminals can until their next reconciliation.
         *
         *     `amount`: what it was, where it is known, so that another payment under the same number is refused.
         */
        PaymentReversal: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "payment.reversal";
            original: components["schemas"]["OriginalPayment"];
            /** @default null */
            amount?: string | null;
            /** @default null */
            currency?: string | null;
        };
        /**
         * Payments
         * @description Jobs of card payments, newest first. `next` is the `after` of the next page, null on the last one.
         */
        Payments: {
            payments: components["schemas"]["Job"][];
            next: string | null;
        };
        /**
         * PercentMethod
         * @description Which of the two figures of a percentage is rounded: the discount itself, or what is left after it.
         * @enum {string}
         */
        PercentMethod: "adjustment" | "remainder";
        /**
         * Ping
         * @description Who answers here. `instance_id` is the same as long as the data directory is.
         */
        Ping: {
            /** @constant */
            name: "tillbridge";
            version: string;
            instance_id: string;
        };
        /**
         * PlaceOutcome
         * @enum {string}
         */
        PlaceOutcome: "waiting" | "trying" | "found" | "ambiguous" | "nothing" | "configured" | "in_use" | "not_tried";
        /**
         * Plain
         * @description A call that needs nothing but to be made, and may say who stands behind it.
         */
        Plain: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
        };
        /**
         * Plugin
         * @description An installed plugin: what it brings, or in `problem` why it does not work.
         */
        Plugin: {
            plugin: string;
            distribution: string;
            version: string;
            problem: string | null;
            simulators: string[];
            families: components["schemas"]["Family"][];
        };
        /**
         * Preview
         * @description An operation that this device would accept, as far as can be told without asking it.
         *
         *     `text`: the paper, lines ended by newlines, `width` characters wide; None where the operation prints nothing or where
         *     only the device knows what. `exact`: the family laid it out as the device does; else it is a plain sketch.
         *     `omitted`: what the device itself adds and the text does not show (its header, number, time ...).
         *     `taxes`: by rate, after the receipt's own discount; `net` and `tax` where the rate is a percentage.
         */
        Preview: {
            device: string;
            op: string;
            currency: string | null;
            totals: components["schemas"]["PreviewTotals"] | null;
            taxes: components["schemas"]["RateTotal"][];
            text: string | null;
            width: number | null;
            exact: boolean;
            code_page: string | null;
            omitted: string[];
            warnings: components["schemas"]["Warning"][];
        };
        /**
         * PreviewLine
         * @description One line of a receipt as the host computes it. `total` has the sign of the line's kind.
         */
        PreviewLine: {
            /** @example 9.00 */
            gross: string;
            /** @example 9.00 */
            discount: string;
            /** @example 9.00 */
            surcharge: string;
            /** @example -0.02 */
            total: string;
        };
        /**
         * PreviewTotals
         * @description The figures of a receipt: `due` is total + rounding + deposits, and payments - change.
         */
        PreviewTotals: {
            lines: components["schemas"]["PreviewLine"][];
            /** @example 9.00 */
            subtotal: string;
            /** @example 9.00 */
            discount: string;
            /** @example 9.00 */
            surcharge: string;
            /** @example 9.00 */
            total: string;
            /** @example -0.02 */
            deposits: string;
            /** @example -0.02 */
            rounding: string;
            /** @example -0.02 */
            due: string;
            /** @example -0.02 */
            payments: string;
            /** @example 9.00 */
            change: string;
        };
        /**
         * Print
         * @description A non-fiscal printout: texts, QR codes, bar codes, fed lines and cuts, in the order of `lines`. Which of these a device has,
         *     its capabilities say (`print_items`).
         */
        Print: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "print";
            /** @default null */
            title?: string | null;
            lines: (components["schemas"]["PrintLine"] | components["schemas"]["PrintQr"] | components["schemas"]["PrintBarcode"] | components["schemas"]["PrintFeed"] | components["schemas"]["PrintCut"])[];
            /** @default null */
            fit?: ("strict" | "lenient") | null;
        };
        /**
         * PrintBarcode
         * @description A bar code. `ean13`: 12 digits, or 13 with the right check digit. `code128`: printable ASCII.
         */
        PrintBarcode: {
            /** @enum {string} */
            format: "ean13" | "code128";
            barcode: string;
        };
        /**
         * PrintCut
         * @description The paper is cut here, below what stands above.
         */
        PrintCut: {
            /** @enum {string} */
            cut: "full" | "partial";
        };
        /**
         * PrintFeed
         * @description Empty lines.
         */
        PrintFeed: {
            feed: number;
        };
        /**
         * PrintLine
         * @description A line of text.
         */
        PrintLine: {
            /** @default  */
            text?: string;
            /**
             * @default left
             * @enum {string}
             */
            align?: "left" | "centre" | "right";
            /** @default false */
            bold?: boolean;
            /** @default false */
            double?: boolean;
        };
        /**
         * PrintQr
         * @description A QR code of these characters, as UTF-8. `size`: dots of a module's side, as large as the device finds right where it is
         *     left out; so is `correction`, the level of error correction.
         */
        PrintQr: {
            /** @default null */
            correction?: ("L" | "M" | "Q" | "H") | null;
            qr: string;
            /**
             * @default centre
             * @enum {string}
             */
            align?: "left" | "centre" | "right";
            /** @default null */
            size?: number | null;
        };
        /**
         * Problem
         * @description A refused request (RFC 9457): nothing was stored, its key stays free. `code` is stable; texts are for people.
         *
         *     `job`, `jobs` and `scan` name what stands in the way, `limit` a size in bytes, `incident` a line of the bridge's log,
         *     `given` and `computed` the two figures that disagree; `retry_after`: seconds. `reason`, `epoch`, `pruned` and `last` say from
         *     where events can be resumed (WebSocket only). `reason` `being_asked`: the device is asked about this job just now.
         */
        Problem: {
            /** @example urn:tillbridge:error:request.invalid */
            type: string;
            title: string;
            status: number;
            /** @enum {string} */
            code: "device.busy" | "device.clock" | "device.cover_open" | "device.fault" | "device.journal" | "device.memory_full" | "device.offline" | "device.paper_out" | "device.rejected" | "device.sale_blocked" | "device.shift_closed" | "device.shift_expired" | "device.unresolved" | "device.wrong_device" | "discovery.running" | "events.gone" | "gate.host_not_allowed" | "gate.method" | "gate.origin_not_allowed" | "gate.origin_required" | "gate.pin_wrong" | "gate.rate" | "gate.scope_missing" | "gate.session_unknown" | "gate.target" | "gate.token_origin_mismatch" | "gate.unauthorised" | "gate.wrong_session" | "plugin.error" | "request.aborted" | "request.conflict" | "request.duplicate_reference" | "request.exists" | "request.expired" | "request.invalid" | "request.key_missing" | "request.key_reused" | "request.malformed" | "request.media_type" | "request.method" | "request.no_paper" | "request.not_found" | "request.too_large" | "request.unsupported" | "server.error" | "server.stopping" | "server.storage" | "terminal.batch_full" | "terminal.busy" | "terminal.no_such_payment" | "terminal.not_ready";
            detail: string;
            remedy: string;
            /** @enum {string} */
            retry: "never" | "safe" | "after_recovery";
            errors: components["schemas"]["ProblemField"][];
            job?: string;
            jobs?: string[];
            limit?: number;
            incident?: string;
            scan?: string;
            retry_after?: number;
            given?: string;
            computed?: string;
            reason?: string;
            epoch?: string;
            pruned?: number;
            last?: number;
        };
        /**
         * ProblemField
         * @description One thing wrong in a request: where, what, the limit that it broke, and what to do.
         */
        ProblemField: {
            field: string;
            message: string;
            limit?: string;
            remedy?: string;
        };
        /**
         * ProofAnswer
         * @description The server's nonce, and its proof over both nonces: docs/websocket.md says how to compare it.
         */
        ProofAnswer: {
            nonce: string;
            proof: string;
        };
        /**
         * RateTotal
         * @description What was sold under one rate. `net` and `tax` where the device or its rule gives them; below zero where lines that
         *     take off outweigh those that add.
         */
        RateTotal: {
            letter: string;
            rate: string;
            /** @example -0.02 */
            gross: string;
            net: string | null;
            tax: string | null;
        };
        /**
         * Raw
         * @description A command of the device's own protocol, administrators only. `command` is in the family's form.
         */
        Raw: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "raw";
            command: {
                [key: string]: unknown;
            };
        };
        /**
         * Receipt
         * @description One receipt, whole: there is no incremental receipt.
         */
        Receipt: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            currency: string;
            lines: components["schemas"]["Line"][];
            /** @default null */
            discount?: components["schemas"]["Adjustment"] | null;
            /** @default null */
            surcharge?: components["schemas"]["Adjustment"] | null;
            /** @default null */
            total?: string | null;
            /**
             * @default 0
             * @example -0.02
             */
            rounding?: string;
            /** @default [] */
            payments?: components["schemas"]["Payment"][];
            /** @default null */
            change?: components["schemas"]["Change"][] | null;
            /**
             * @default {
             *       "paper": true,
             *       "email": null,
             *       "sms": null,
             *       "edocument": null
             *     }
             */
            delivery?: components["schemas"]["Delivery"];
            /** @default null */
            original?: components["schemas"]["Original"] | null;
            /** @default {} */
            extras?: {
                [key: string]: unknown;
            };
            /** @default null */
            fit?: ("strict" | "lenient") | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "receipt";
            /** @default sale */
            kind?: components["schemas"]["ReceiptKind"];
            /** @default null */
            customer?: components["schemas"]["Customer"] | null;
        };
        /**
         * ReceiptCopy
         * @enum {string}
         */
        ReceiptCopy: "merchant" | "customer" | "administration";
        /**
         * ReceiptKind
         * @enum {string}
         */
        ReceiptKind: "sale" | "refund" | "purchase" | "purchase_refund" | "correction";
        /**
         * Reconciliation
         * @description The terminal's totals. `closed`: its batch began anew with this. `agreed`: what the host said of its own totals, where it
         *     says so.
         */
        Reconciliation: {
            number: string | null;
            currency: string | null;
            total: string | null;
            totals: components["schemas"]["SchemeTotal"][];
            first_receipt: string | null;
            last_receipt: string | null;
            closed: boolean;
            agreed: boolean | null;
            at: string | null;
            receipts: components["schemas"]["TerminalReceipt"][];
        };
        /** Registration */
        Registration: {
            state: components["schemas"]["RegistrationState"];
            id: string | null;
            at: string | null;
        };
        /**
         * RegistrationState
         * @description Whether a tax authority's server has the document, where a country has one.
         * @enum {string}
         */
        RegistrationState: "none" | "online" | "offline" | "registered" | "refused";
        /**
         * Remark
         * @description What the law has printed on some invoices.
         * @enum {string}
         */
        Remark: "cash_accounting" | "self_billing" | "reverse_charge";
        /**
         * Report
         * @description Figures of a Z, X or period report, as data.
         */
        Report: {
            number: string | null;
            currency: string;
            totals_by_rate: components["schemas"]["RateTotal"][];
            totals_by_payment: components["schemas"]["KindTotal"][];
            total: string | null;
            counts: {
                [key: string]: number;
            };
            counters: {
                [key: string]: string;
            };
            first_sale_at: string | null;
            last_sale_at: string | null;
        };
        /** ReportPeriod */
        ReportPeriod: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "report.period";
            /** @default null */
            from?: string | null;
            /** @default null */
            to?: string | null;
            /** @default null */
            first_number?: number | null;
            /** @default null */
            last_number?: number | null;
            /** @default false */
            summary?: boolean;
        };
        /**
         * ReportX
         * @description A report that closes nothing. `shift`: of one shift or cashier, where the device keeps such sums; `reset` begins them
         *     anew.
         */
        ReportX: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "report.x";
            /** @default null */
            shift?: string | null;
            /** @default false */
            reset?: boolean;
        };
        /**
         * Resolve
         * @description Settle an unresolved job by hand. `document`: its number, where it was issued and can be read on the paper.
         */
        Resolve: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @enum {string} */
            verdict: "issued" | "not_issued" | "recheck";
            reason: string;
            /** @default null */
            document?: string | null;
        };
        /**
         * Result
         * @description What came of a job that is done.
         */
        Result: {
            document: components["schemas"]["Document"] | null;
            payment: components["schemas"]["PaymentResult"] | null;
            reconciliation: components["schemas"]["Reconciliation"] | null;
            registration: components["schemas"]["Registration"];
            paper: components["schemas"]["Paper"];
            confirmed: boolean;
            evidence: {
                [key: string]: unknown;
            };
            warnings: components["schemas"]["Warning"][];
        };
        /**
         * Retry
         * @description Whether the same thing may be tried again, as a new job with a new key.
         * @enum {string}
         */
        Retry: "never" | "safe" | "after_recovery";
        /**
         * Right
         * @description One scope.
         * @enum {string}
         */
        Right: "devices:read" | "print" | "fiscal" | "refund" | "fiscal:report" | "cash" | "payment" | "resolve" | "raw" | "admin";
        /**
         * Rounding
         * @enum {string}
         */
        Rounding: "half_up" | "half_even" | "down";
        /**
         * ScanAttempt
         * @description One family's question at one place, and what came of it.
         */
        ScanAttempt: {
            family: string;
            url: string;
            /** @enum {string} */
            outcome: "identified" | "unrecognised" | "silent" | "not_opened" | "failed" | "hung";
            reason: string;
            identity: components["schemas"]["Identity"] | null;
            seconds: number;
            sent: components["schemas"]["Bytes"] | null;
            received: components["schemas"]["Bytes"] | null;
        };
        /** ScanProgress */
        ScanProgress: {
            places: number;
            done: number;
        };
        /**
         * ScanReport
         * @description The scan that runs, or the last one; state `none` before the first.
         */
        ScanReport: {
            id: string | null;
            /** @enum {string} */
            state: "none" | "running" | "stopped" | "done";
            started_at: string | null;
            finished_at: string | null;
            request: components["schemas"]["ScanRequest"] | null;
            progress: components["schemas"]["ScanProgress"];
            found: components["schemas"]["FoundDevice"][];
            places: components["schemas"]["ScannedPlace"][];
            problems: string[];
        };
        /**
         * ScanRequest
         * @description What is looked for. `families` empty: all that are installed.
         *
         *     `serial`: every port that the system lists; `ports`: further ones by name. `tcp`: hosts (with or without a port) and
         *     small private networks.
         */
        ScanRequest: {
            families: string[];
            serial: boolean;
            ports: string[];
            tcp: string[];
            usb: boolean;
            mdns: boolean;
        };
        /**
         * ScannedPlace
         * @description A port, host or USB device that was looked at, or why it was not.
         */
        ScannedPlace: {
            kind: string;
            name: string;
            description: string | null;
            usb: string | null;
            outcome: components["schemas"]["PlaceOutcome"];
            reason: string;
            device: string | null;
            seconds: number;
            attempts: components["schemas"]["ScanAttempt"][];
        };
        /**
         * SchemeTotal
         * @description Payments of one scheme or host since the last reconciliation. `amount` is below zero where more was given back.
         */
        SchemeTotal: {
            scheme: string;
            count: number;
            /** @example -0.02 */
            amount: string;
        };
        /**
         * ServiceAction
         * @description A set-up or service action. `form` is the JSON Schema of its input.
         */
        ServiceAction: {
            id: string;
            title: string;
            form: {
                [key: string]: unknown;
            };
        };
        /** SessionProof */
        SessionProof: {
            /** @description Which token: `admin` is the administrator's. */
            token_id: string;
            /** @description 32 random bytes in base64url without `=`. */
            nonce: string;
        };
        /**
         * SessionReport
         * @description What the token that asks is: whose, and what it may do. `devices` null: all.
         *
         *     `aliases`: what each stands for now; null: not for the PC that the session is used from.
         */
        SessionReport: {
            token_id: string;
            kind: components["schemas"]["Kind"];
            principal: string;
            label: string;
            scopes: components["schemas"]["Right"][];
            devices: string[] | null;
            aliases: {
                [key: string]: string | null;
            };
        };
        /**
         * SetAttendant
         * @description `devices` left out: all, also those that come later.
         */
        SetAttendant: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @description Six to twelve digits. */
            pin: string;
            /** @default null */
            devices?: string[] | null;
        };
        /**
         * ShiftClose
         * @description The Z report: closes the day or shift. Its figures are in the result as data.
         */
        ShiftClose: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "shift.close";
        };
        /** ShiftOpen */
        ShiftOpen: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "shift.open";
        };
        /**
         * Spread
         * @description How a discount on the whole receipt is spread over its tax rates.
         *
         *     `carry`: proportional, in the order of the rates, the remainder of each division carried to the next.
         *     `largest`: proportional and rounded, what is left over goes to the largest.
         * @enum {string}
         */
        Spread: "carry" | "largest";
        /**
         * StartScan
         * @description An empty body looks at all serial ports, the USB and what announces itself, for all families; hosts must be named.
         */
        StartScan: {
            /** @default [] */
            families?: string[];
            /** @default true */
            serial?: boolean;
            /** @default [] */
            ports?: string[];
            /** @default [] */
            tcp?: string[];
            /** @default true */
            usb?: boolean;
            /** @default true */
            mdns?: boolean;
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
        };
        /**
         * State
         * @enum {string}
         */
        State: "pending" | "approved" | "collected" | "rejected" | "expired";
        /**
         * StatusReport
         * @description What a device says of itself. `live` is false where `status` is what it said last (see its `as_of`).
         */
        StatusReport: {
            device: string;
            state: components["schemas"]["DeviceState"];
            reason: string | null;
            live: boolean;
            status: components["schemas"]["DeviceStatus"] | null;
            queue: string[];
            open_jobs: string[];
            last_error: string | null;
            alerts: components["schemas"]["Alert"][];
            journal_hold: string | null;
        };
        /**
         * Step
         * @description One thing that happened. `sent` and `received` are frames: `title` and `fields` as the family's decoder reads them.
         *
         *     `milliseconds`: from the question to this answer; `answered`: whether an answer to this question came; `checksum` `masked`:
         *     parts of the frame are hidden, so that it cannot be checked; `garbage`: why these bytes are no frame.
         */
        Step: {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            kind: "state" | "checkpoint" | "prompt" | "act" | "amended" | "phase" | "sent" | "received" | "log";
            title: string;
            fields: components["schemas"]["StepField"][];
            link: number | null;
            phase: ("execute" | "recover") | null;
            milliseconds: number | null;
            answered: boolean | null;
            checksum: ("ok" | "wrong" | "none" | "masked") | null;
            garbage: string | null;
            hex: string | null;
        };
        /** StepField */
        StepField: {
            name: string;
            value: string;
        };
        /**
         * Tax
         * @description One tax of a line: exactly one of `rate`, `kind` and `letter`.
         *
         *     `rate`: "23%", or "20/120" for a computed rate. `letter`: the device's own name of a rate, where two of its rates are
         *     equal. `reason`: why a line is exempt, where a country asks for it.
         */
        Tax: {
            /** @default null */
            rate?: string | null;
            /** @default null */
            kind?: components["schemas"]["TaxKind"] | null;
            /** @default null */
            letter?: string | null;
            /** @default null */
            reason?: string | null;
        };
        /**
         * TaxKind
         * @description Taxes that are not a percentage.
         * @enum {string}
         */
        TaxKind: "zero" | "exempt" | "outside" | "reverse_charge";
        /**
         * TaxRate
         * @description A row of a device's tax table: its letter, and a percentage or a kind.
         */
        TaxRate: {
            letter: string;
            percent: string | null;
            kind: components["schemas"]["TaxKind"] | null;
            active: boolean;
        };
        /**
         * TerminalDiagnose
         * @description Lets the terminal check itself and its line to the host; what it says is in `evidence`.
         */
        TerminalDiagnose: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "terminal.diagnose";
        };
        /**
         * TerminalLogin
         * @description Registers the till at the terminal anew, with what its protocol calls for.
         */
        TerminalLogin: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "terminal.login";
        };
        /**
         * TerminalReceipt
         * @description One receipt that the terminal handed to the till to print. `text`: its lines, as they are to stand on paper.
         *
         *     `must_print`: the terminal says that it may not be left out; `signature`: it has a line for the holder's signature.
         */
        TerminalReceipt: {
            copy_for: components["schemas"]["ReceiptCopy"];
            text: string;
            signature: boolean;
            must_print: boolean;
        };
        /**
         * TerminalReconcile
         * @description The terminal's end of day: its totals as data, and its batch closed. `close: false` asks for the totals alone.
         */
        TerminalReconcile: {
            /** @default null */
            operator?: components["schemas"]["Operator"] | null;
            /** @default null */
            reference?: string | null;
            /** @default false */
            part?: boolean;
            /** @default null */
            deadline?: string | null;
            /** @default null */
            expect?: components["schemas"]["Expect"] | null;
            /** @default null */
            retry_of?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "terminal.reconcile";
            /** @default true */
            close?: boolean;
        };
        /**
         * Timeouts
         * @description Seconds that the host waits for one device and its driver. Reasons and remedies: docs/timeouts.md.
         *
         *     None of them decides about a document: what runs out behind the intent leaves the job in doubt, as any lost link does.
         */
        Timeouts: {
            /**
             * @description Opening the link.
             * @default 5
             */
            open?: number;
            /**
             * @description Then, until the device has said what it is.
             * @default 60
             */
            identify?: number;
            /**
             * @description Reading what the device can do, and its status between jobs.
             * @default 60
             */
            ask?: number;
            /**
             * @description A status that a client waits for, or an abort.
             * @default 10
             */
            status?: number;
            /**
             * @description A driver without any sign of life; then the link is given up.
             * @default 180
             */
            silence?: number;
            /**
             * @description Closing driver and link.
             * @default 5
             */
            close?: number;
            /**
             * @description The longest pause between two attempts to connect.
             * @default 5
             */
            reconnect?: number;
            /**
             * @description The pause after a driver's own fault in recovery.
             * @default 60
             */
            recover_again?: number;
            /**
             * @description The pause between two looks at an idle device.
             * @default 60
             */
            idle?: number;
            /**
             * @description One request to a gateway, where its driver names no other.
             * @default 10
             */
            http?: number;
        };
        /**
         * Timeouts
         * @description Seconds that the host waits for one device and its driver. Reasons and remedies: docs/timeouts.md.
         *
         *     None of them decides about a document: what runs out behind the intent leaves the job in doubt, as any lost link does.
         */
        TimeoutsAnswer: {
            /** @description Opening the link. */
            open: number;
            /** @description Then, until the device has said what it is. */
            identify: number;
            /** @description Reading what the device can do, and its status between jobs. */
            ask: number;
            /** @description A status that a client waits for, or an abort. */
            status: number;
            /** @description A driver without any sign of life; then the link is given up. */
            silence: number;
            /** @description Closing driver and link. */
            close: number;
            /** @description The longest pause between two attempts to connect. */
            reconnect: number;
            /** @description The pause after a driver's own fault in recovery. */
            recover_again: number;
            /** @description The pause between two looks at an idle device. */
            idle: number;
            /** @description One request to a gateway, where its driver names no other. */
            http: number;
        };
        /**
         * TokenInfo
         * @description A token, without what is secret of it. `source`: of the journal, or of the provisioning file, which alone can change it.
         */
        TokenInfo: {
            token_id: string;
            /** @enum {string} */
            kind: "web" | "native";
            origin: string | null;
            label: string;
            scopes: components["schemas"]["Right"][];
            devices: string[] | null;
            aliases: {
                [key: string]: string;
            };
            routes: {
                [key: string]: {
                    [key: string]: string;
                };
            };
            user: string | null;
            user_id: string | null;
            session: string | null;
            /** Format: date-time */
            created_at: string;
            expires_at: string | null;
            last_used: string | null;
            /** @enum {string} */
            source: "journal" | "file";
        };
        /** TokenList */
        TokenList: {
            tokens: components["schemas"]["TokenInfo"][];
        };
        /**
         * TokenMade
         * @description The new token; its text is told this once.
         */
        TokenMade: {
            token_id: string;
            /** @enum {string} */
            kind: "web" | "native";
            origin: string | null;
            label: string;
            scopes: components["schemas"]["Right"][];
            devices: string[] | null;
            aliases: {
                [key: string]: string;
            };
            routes: {
                [key: string]: {
                    [key: string]: string;
                };
            };
            user: string | null;
            user_id: string | null;
            session: string | null;
            /** Format: date-time */
            created_at: string;
            expires_at: string | null;
            last_used: string | null;
            /** @enum {string} */
            source: "journal" | "file";
            token: string;
        };
        /**
         * Trace
         * @description What a job's history leaves out, each oldest first.
         */
        Trace: {
            job: string;
            checkpoints: components["schemas"]["TracePoint"][];
            prompts: components["schemas"]["TracePrompt"][];
            acts: components["schemas"]["TraceAct"][];
        };
        /**
         * TraceAct
         * @description What a person did with the job.
         */
        TraceAct: {
            /** Format: date-time */
            at: string;
            action: string;
            actor: components["schemas"]["Actor"];
            detail: {
                [key: string]: unknown;
            };
        };
        /**
         * TracePoint
         * @description A checkpoint: what the driver (or, with `#`, the host) wrote down before it went on. `data` is the family's.
         */
        TracePoint: {
            /** Format: date-time */
            at: string;
            name: string;
            data: {
                [key: string]: unknown;
            };
        };
        /**
         * TracePrompt
         * @description Why the job waited from then on; null: it waited no more.
         */
        TracePrompt: {
            /** Format: date-time */
            at: string;
            attention: components["schemas"]["Attention"] | null;
        };
        /** Transition */
        Transition: {
            /** Format: date-time */
            at: string;
            state: components["schemas"]["JobState"];
            note: string | null;
        };
        /**
         * Verification
         * @description How the holder was verified. A signature is to be asked for, and compared, at the till.
         * @enum {string}
         */
        Verification: "none" | "signature" | "online_pin" | "offline_pin" | "pin_and_signature" | "device";
        /**
         * WaitingJob
         * @description A job that waits for a person, and why.
         */
        WaitingJob: {
            id: string;
            op: string;
            state: components["schemas"]["JobState"];
            reference: string | null;
            attention: components["schemas"]["Attention"];
        };
        /**
         * WaitingPairing
         * @description A page that waits to be let in. `user`: of the PC, where known; `scopes`: what it asks for.
         */
        WaitingPairing: {
            pairing_id: string;
            origin: string;
            app_name: string;
            verification_code: string;
            scopes: components["schemas"]["Right"][];
            user: string | null;
            expires_in: number;
        };
        /** WaitingPairings */
        WaitingPairings: {
            pairings: components["schemas"]["WaitingPairing"][];
        };
        /**
         * Warning_
         * @description Something that was done otherwise than asked, or should be known: never silent.
         */
        Warning: {
            code: string;
            message: string;
            field: string | null;
        };
        Operation: components["schemas"]["Receipt"] | components["schemas"]["Invoice"] | components["schemas"]["ShiftOpen"] | components["schemas"]["ShiftClose"] | components["schemas"]["ReportX"] | components["schemas"]["ReportPeriod"] | components["schemas"]["CashIn"] | components["schemas"]["CashOut"] | components["schemas"]["DocumentContinue"] | components["schemas"]["Copy"] | components["schemas"]["Print"] | components["schemas"]["DisplayShow"] | components["schemas"]["DrawerOpen"] | components["schemas"]["ClockSet"] | components["schemas"]["MarkingCheck"] | components["schemas"]["PaymentPurchase"] | components["schemas"]["PaymentRefund"] | components["schemas"]["PaymentReversal"] | components["schemas"]["PaymentPreauthorise"] | components["schemas"]["PaymentCapture"] | components["schemas"]["PaymentRelease"] | components["schemas"]["TerminalReconcile"] | components["schemas"]["TerminalLogin"] | components["schemas"]["TerminalDiagnose"] | components["schemas"]["Raw"];
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
