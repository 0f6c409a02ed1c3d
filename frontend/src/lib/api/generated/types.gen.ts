// Made from docs/openapi.json by `make web-client`.

export type ClientOptions = {
    baseUrl: `${string}://${string}` | (string & {});
};

/**
 * Account
 *
 * An account, as administrators see it.
 */
export type Account = {
    /**
     * Administrator
     */
    administrator: boolean;
    /**
     * Created At
     */
    created_at: string;
    /**
     * Disabled
     */
    disabled: boolean;
    /**
     * Display Name
     */
    display_name: string;
    /**
     * Email
     */
    email: string;
    /**
     * Email Verified
     */
    email_verified: boolean;
    /**
     * Id
     */
    id: string;
    /**
     * Last Used At
     */
    last_used_at: string | null;
};

/**
 * Activity
 *
 * `event` is a word of the audit log; `session_id` is there where a session was concerned.
 */
export type Activity = {
    /**
     * At
     */
    at: string;
    /**
     * Detail
     */
    detail: string;
    /**
     * Event
     */
    event: string;
    /**
     * Id
     */
    id: number;
    /**
     * Ip
     */
    ip: string;
    /**
     * Session Id
     */
    session_id: string | null;
};

/**
 * Actor
 *
 * Who made a change: a log-in, an API token, or the system.
 */
export type Actor = {
    /**
     * Id
     *
     * The session's or the token's; null for the system
     */
    id: string | null;
    /**
     * Name
     *
     * Of the client that logged in, of the token, or of the system's job
     */
    name: string;
    /**
     * Type
     */
    type: 'session' | 'token' | 'system';
    [key: string]: unknown;
};

/**
 * AddressOnly
 */
export type AddressOnly = {
    /**
     * Email
     */
    email: string;
};

/**
 * ApiToken
 */
export type ApiToken = {
    /**
     * Created At
     */
    created_at: string;
    /**
     * Expires At
     */
    expires_at: string | null;
    /**
     * Id
     */
    id: string;
    /**
     * Last Used At
     */
    last_used_at: string | null;
    /**
     * Name
     */
    name: string;
    /**
     * Scopes
     */
    scopes: Array<string>;
};

/**
 * Attempt
 *
 * One attempt to deliver; the newest 200 are kept.
 */
export type Attempt = {
    /**
     * Attempt
     */
    attempt: number;
    /**
     * Attempted At
     */
    attempted_at: string;
    /**
     * Duration Ms
     */
    duration_ms: number;
    /**
     * Error
     */
    error: string;
    /**
     * Event Id
     *
     * The header `webhook-id`: the same each time an event is delivered
     */
    event_id: string;
    /**
     * Response
     *
     * Up to 1 KB
     */
    response: string;
    /**
     * Sequence
     *
     * Null for a test
     */
    sequence: number | null;
    /**
     * Status
     */
    status: number | null;
    /**
     * Type
     */
    type: string;
};

/**
 * Body_token_api_auth_token_post
 */
export type BodyTokenApiAuthTokenPost = {
    /**
     * Password
     */
    password: string;
    /**
     * Username
     */
    username: string;
};

/**
 * BulkAct
 *
 * As the single calls; purge deletes for good.
 */
export type BulkAct = {
    /**
     * Id
     */
    id: string;
    /**
     * If Version
     */
    if_version?: number | null;
    /**
     * Op
     */
    op: 'complete' | 'reopen' | 'delete' | 'restore' | 'purge';
};

/**
 * BulkCreate
 *
 * As POST /api/todos; the id may be given here or in the todo.
 */
export type BulkCreate = {
    /**
     * Id
     */
    id?: string | null;
    /**
     * Op
     */
    op: 'create';
    todo: NewTodo;
};

/**
 * BulkRequest
 *
 * Operations, done in order.
 */
export type BulkRequest = {
    /**
     * Operations
     */
    operations: Array<({
        op: 'create';
    } & BulkCreate) | ({
        op: 'update';
    } & BulkUpdate) | ({
        op: 'complete' | 'delete' | 'purge' | 'reopen' | 'restore';
    } & BulkAct)>;
};

/**
 * BulkResult
 *
 * What one operation did: the status of the single call, and the todo after it (null after a purge).
 */
export type BulkResult = {
    /**
     * Id
     */
    id: string;
    /**
     * Op
     */
    op: string;
    /**
     * Status
     */
    status: number;
    todo: Todo | null;
};

/**
 * BulkResults
 *
 * A result for each operation, in order.
 */
export type BulkResults = {
    /**
     * Results
     */
    results: Array<BulkResult>;
};

/**
 * BulkUpdate
 *
 * As PATCH.
 */
export type BulkUpdate = {
    /**
     * Id
     */
    id: string;
    /**
     * If Version
     */
    if_version?: number | null;
    /**
     * Op
     */
    op: 'update';
    todo: TodoChanges;
};

/**
 * Change
 *
 * One change of a todo: the whole state after it, and what it changed.
 */
export type Change = {
    actor?: Actor | null;
    /**
     * Changed
     */
    changed: Array<string>;
    /**
     * Command Id
     */
    command_id?: string | null;
    /**
     * Occurred At
     */
    occurred_at: string;
    /**
     * Previous
     */
    previous: {
        [key: string]: unknown;
    };
    /**
     * Sequence
     */
    sequence: number;
    todo: Todo;
    /**
     * Type
     */
    type: string;
};

/**
 * Changes
 *
 * Changes of the user after a number; `sequence` is the user's newest.
 */
export type Changes = {
    /**
     * Changes
     */
    changes: Array<Change | ProjectChange | FilterChange>;
    /**
     * Has More
     */
    has_more: boolean;
    /**
     * Sequence
     */
    sequence: number;
};

/**
 * Channels
 *
 * Where reminders go besides `reminder.fired` in the stream of live events.
 */
export type Channels = {
    /**
     * Email
     *
     * To the address of the account, once it is verified
     */
    email: boolean;
    /**
     * Push
     *
     * To the browsers that have subscribed
     */
    push: boolean;
};

/**
 * ChannelsChange
 */
export type ChannelsChange = {
    /**
     * Email
     */
    email?: boolean | null;
    /**
     * Push
     */
    push?: boolean | null;
};

/**
 * CodeOnly
 */
export type CodeOnly = {
    /**
     * Code
     */
    code: string;
};

/**
 * Count
 */
export type Count = {
    /**
     * Completed
     */
    completed: number;
    /**
     * Total
     */
    total: number;
};

/**
 * CreatedApiToken
 */
export type CreatedApiToken = {
    /**
     * Created At
     */
    created_at: string;
    /**
     * Expires At
     */
    expires_at: string | null;
    /**
     * Id
     */
    id: string;
    /**
     * Last Used At
     */
    last_used_at: string | null;
    /**
     * Name
     */
    name: string;
    /**
     * Scopes
     */
    scopes: Array<string>;
    /**
     * Token
     */
    token: string;
};

/**
 * Credentials
 */
export type Credentials = {
    /**
     * Email
     */
    email: string;
    /**
     * Password
     */
    password: string;
    /**
     * Refresh
     */
    refresh?: 'body' | 'cookie';
};

/**
 * DayAnswer
 */
export type DayAnswer = {
    /**
     * Active At End
     */
    active_at_end: number;
    /**
     * Completed
     */
    completed: number;
    /**
     * Created
     */
    created: number;
    /**
     * Date
     */
    date: string;
};

/**
 * Deletion
 */
export type Deletion = {
    /**
     * Password
     */
    password: string;
};

/**
 * EmailChange
 */
export type EmailChange = {
    /**
     * New Email
     */
    new_email: string;
    /**
     * Password
     */
    password: string;
};

/**
 * Enrolment
 */
export type Enrolment = {
    /**
     * Qr Svg
     */
    qr_svg: string;
    /**
     * Secret
     */
    secret: string;
    /**
     * Uri
     */
    uri: string;
};

/**
 * Filter
 *
 * A saved list: parameters of `GET /api/todos`.
 */
export type Filter = {
    /**
     * Created At
     */
    created_at: string;
    /**
     * Id
     */
    id: string;
    /**
     * Name
     */
    name: string;
    /**
     * Position
     *
     * Sorts it among the others, byte by byte
     */
    position: string;
    /**
     * Query
     */
    query: {
        [key: string]: unknown;
    };
    /**
     * Updated At
     */
    updated_at: string;
    /**
     * Version
     */
    version: number;
};

/**
 * FilterChange
 *
 * One change of a saved filter; after `filter.deleted` as it was last.
 */
export type FilterChange = {
    actor: Actor;
    /**
     * Changed
     */
    changed: Array<string>;
    /**
     * Command Id
     */
    command_id: string;
    filter: Filter;
    /**
     * Occurred At
     */
    occurred_at: string;
    /**
     * Previous
     */
    previous: {
        [key: string]: unknown;
    };
    /**
     * Sequence
     */
    sequence: number;
    /**
     * Type
     */
    type: string;
};

/**
 * FilterChanges
 *
 * The fields to change.
 */
export type FilterChanges = {
    /**
     * Created At
     *
     * Read-only: ignored in a body.
     */
    readonly created_at?: unknown;
    /**
     * Id
     *
     * Read-only: ignored in a body.
     */
    readonly id?: unknown;
    /**
     * Name
     */
    name?: string;
    /**
     * Position
     *
     * Read-only: ignored in a body.
     */
    readonly position?: unknown;
    query?: FilterQuery;
    /**
     * Updated At
     *
     * Read-only: ignored in a body.
     */
    readonly updated_at?: unknown;
    /**
     * Version
     *
     * Read-only: ignored in a body.
     */
    readonly version?: unknown;
};

/**
 * FilterQuery
 *
 * The parameters that a filter saves; `tag` and `priority` may be lists.
 */
export type FilterQuery = {
    /**
     * Due
     */
    due?: 'none' | 'any' | null;
    /**
     * Due From
     */
    due_from?: string | null;
    /**
     * Due To
     */
    due_to?: string | null;
    /**
     * Parent
     */
    parent?: string | null;
    /**
     * Priority
     */
    priority?: Array<'none' | 'low' | 'medium' | 'high' | 'urgent'>;
    /**
     * Project
     */
    project?: string | null;
    /**
     * Q
     */
    q?: string | null;
    /**
     * Recurring
     */
    recurring?: boolean | null;
    /**
     * Sort
     */
    sort?: 'created_at' | '-created_at' | 'updated_at' | '-updated_at' | 'due_at' | '-due_at' | 'priority' | '-priority' | 'title' | '-title' | 'position' | '-position';
    /**
     * Status Filter
     */
    status_filter?: 'all' | 'active' | 'pending' | 'open' | 'available' | 'completed' | 'done' | 'overdue' | 'today' | 'upcoming' | 'deleted';
    /**
     * Tag
     *
     * Repeated: all of them. `none` alone: todos without a tag
     */
    tag?: Array<string>;
    /**
     * Updated Since
     */
    updated_since?: string | null;
};

/**
 * FiredReminder
 *
 * A reminder that has fired; one that is late was part of a digest.
 */
export type FiredReminder = {
    /**
     * Due At
     */
    due_at: string | null;
    /**
     * Fire At
     */
    fire_at: string;
    /**
     * Fired At
     */
    fired_at: string;
    /**
     * Id
     *
     * The id of its event
     */
    id: string;
    /**
     * Is Late
     */
    is_late: boolean;
    /**
     * Reminder Id
     */
    reminder_id: string;
    /**
     * Title
     */
    title: string;
    /**
     * Todo Id
     */
    todo_id: string;
};

/**
 * Goal
 */
export type Goal = {
    /**
     * Daily
     *
     * How many completions a day the user aims at
     */
    daily: number;
    /**
     * Done
     *
     * How many there are today
     */
    done: number;
};

/**
 * Identity
 *
 * `provider` is the id of one that is set up here, or null.
 */
export type Identity = {
    /**
     * Created At
     */
    created_at: string;
    /**
     * Email
     */
    email: string;
    /**
     * Id
     */
    id: string;
    /**
     * Issuer
     */
    issuer: string;
    /**
     * Last Used At
     */
    last_used_at: string;
    /**
     * Provider
     */
    provider: string | null;
};

/**
 * ImportReport
 *
 * What came of an import.
 */
export type ImportReport = {
    /**
     * Created
     */
    created: number;
    /**
     * Dry Run
     */
    dry_run: boolean;
    /**
     * Duplicate
     */
    duplicate: number;
    /**
     * Invalid
     */
    invalid: number;
    /**
     * Invalid Left Out
     *
     * Invalid rows that `rows` does not name: all but the first 100
     */
    invalid_left_out: number;
    /**
     * Rows
     */
    rows: Array<ImportedRow>;
};

/**
 * ImportedRow
 *
 * What came of a row; rows are counted from 1.
 */
export type ImportedRow = {
    /**
     * Error
     */
    error: string | null;
    /**
     * Id
     */
    id: string | null;
    /**
     * Row
     */
    row: number;
    /**
     * Status
     */
    status: 'created' | 'duplicate' | 'invalid';
};

/**
 * Invitation
 */
export type Invitation = {
    /**
     * Created At
     */
    created_at: string;
    /**
     * Email
     */
    email: string | null;
    /**
     * Expires At
     */
    expires_at: string;
    /**
     * Id
     */
    id: string;
};

/**
 * Inviting
 */
export type Inviting = {
    /**
     * Days
     */
    days?: number;
    /**
     * Email
     */
    email?: string | null;
};

/**
 * ListedCommand
 *
 * What one request did. `sequences` are the first and the last number it took.
 */
export type ListedCommand = {
    /**
     * null for what was done before this was kept
     */
    actor: Actor | null;
    /**
     * Id
     */
    id: string;
    /**
     * Is Undo
     *
     * Whether it undid other commands, or did again what had been undone
     */
    is_undo: boolean;
    /**
     * Occurred At
     */
    occurred_at: string;
    /**
     * Sequences
     */
    sequences: [
        number,
        number
    ];
    /**
     * Summary
     */
    summary: string;
    /**
     * Undone By
     *
     * The command that undid it, unless that was undone as well
     */
    undone_by: string | null;
};

/**
 * Move
 *
 * Where to: before or after another one; at the end where none is given.
 */
export type Move = {
    /**
     * After Id
     */
    after_id?: string | null;
    /**
     * Before Id
     */
    before_id?: string | null;
};

/**
 * MoveTodo
 *
 * Where to: into a project (null: the inbox), below a todo (null: none), beside one. What is not given stays.
 */
export type MoveTodo = {
    /**
     * After Id
     */
    after_id?: string | null;
    /**
     * Before Id
     */
    before_id?: string | null;
    /**
     * Parent Id
     */
    parent_id?: string | null;
    /**
     * Project Id
     */
    project_id?: string | null;
};

/**
 * NewApiToken
 */
export type NewApiToken = {
    /**
     * Expires At
     *
     * Without it the token never expires
     */
    expires_at?: string | null;
    /**
     * Name
     */
    name: string;
    /**
     * Scopes
     */
    scopes: Array<'todos:read' | 'todos:write' | 'stats:read' | 'events:read' | 'profile:read' | 'webhooks:write'>;
};

/**
 * NewFilter
 *
 * A list to save; a client may choose its id.
 */
export type NewFilter = {
    /**
     * Created At
     *
     * Read-only: ignored in a body.
     */
    readonly created_at?: unknown;
    /**
     * Id
     */
    id?: string | null;
    /**
     * Name
     */
    name: string;
    /**
     * Position
     *
     * Read-only: ignored in a body.
     */
    readonly position?: unknown;
    query: FilterQuery;
    /**
     * Updated At
     *
     * Read-only: ignored in a body.
     */
    readonly updated_at?: unknown;
    /**
     * Version
     *
     * Read-only: ignored in a body.
     */
    readonly version?: unknown;
};

/**
 * NewInvitation
 */
export type NewInvitation = {
    /**
     * Created At
     */
    created_at: string;
    /**
     * Email
     */
    email: string | null;
    /**
     * Expires At
     */
    expires_at: string;
    /**
     * Id
     */
    id: string;
    /**
     * Link
     */
    link: string;
};

/**
 * NewPasskey
 */
export type NewPasskey = {
    /**
     * Credential
     *
     * What `PublicKeyCredential.toJSON()` of a browser gives.
     */
    credential: {
        [key: string]: unknown;
    };
    /**
     * Name
     */
    name?: string;
};

/**
 * NewProject
 *
 * A project to create; a client may choose its id.
 */
export type NewProject = {
    /**
     * Archived
     */
    archived?: boolean;
    /**
     * Color
     */
    color?: string | null;
    /**
     * Created At
     *
     * Read-only: ignored in a body.
     */
    readonly created_at?: unknown;
    /**
     * Deleted At
     *
     * Read-only: ignored in a body.
     */
    readonly deleted_at?: unknown;
    /**
     * Id
     */
    id?: string | null;
    /**
     * Name
     */
    name: string;
    /**
     * Position
     *
     * Read-only: ignored in a body.
     */
    readonly position?: unknown;
    /**
     * Updated At
     *
     * Read-only: ignored in a body.
     */
    readonly updated_at?: unknown;
    /**
     * Version
     *
     * Read-only: ignored in a body.
     */
    readonly version?: unknown;
};

/**
 * NewPush
 *
 * What `PushSubscription.toJSON()` gives in a browser.
 */
export type NewPush = {
    /**
     * Endpoint
     */
    endpoint: string;
    keys: PushKeys;
};

/**
 * NewRecurrence
 *
 * When a todo comes again: a rule of RFC 5545, counted from its schedule or from the day of its completion.
 */
export type NewRecurrence = {
    /**
     * Mode
     */
    mode?: 'schedule' | 'completion';
    /**
     * Rule
     */
    rule: string;
};

/**
 * NewReminder
 *
 * When to remind: at an instant, or so many minutes before the todo is due.
 */
export type NewReminder = {
    /**
     * At
     */
    at?: string | null;
    /**
     * Id
     */
    id?: string | null;
    /**
     * Minutes Before Due
     */
    minutes_before_due?: number | null;
};

/**
 * NewTodo
 *
 * A todo to create; a client may choose its id.
 */
export type NewTodo = {
    /**
     * Completed
     */
    completed?: boolean;
    /**
     * Completed At
     *
     * Read-only: ignored in a body.
     */
    readonly completed_at?: unknown;
    /**
     * Created At
     *
     * Read-only: ignored in a body.
     */
    readonly created_at?: unknown;
    /**
     * Deleted At
     *
     * Read-only: ignored in a body.
     */
    readonly deleted_at?: unknown;
    /**
     * Description
     */
    description?: string | null;
    /**
     * Due At
     *
     * Read-only: ignored in a body.
     */
    readonly due_at?: unknown;
    /**
     * Due Date
     */
    due_date?: string | null;
    /**
     * Due Time
     */
    due_time?: string | null;
    /**
     * Due Time Zone
     */
    due_time_zone?: string | null;
    /**
     * Id
     */
    id?: string | null;
    /**
     * Occurrence Date
     *
     * Read-only: ignored in a body.
     */
    readonly occurrence_date?: unknown;
    /**
     * Parent Id
     */
    parent_id?: string | null;
    /**
     * Position
     *
     * Read-only: ignored in a body.
     */
    readonly position?: unknown;
    /**
     * Priority
     */
    priority?: 'none' | 'low' | 'medium' | 'high' | 'urgent' | null;
    /**
     * Project Id
     */
    project_id?: string | null;
    recurrence?: NewRecurrence | null;
    /**
     * Reminders
     */
    reminders?: Array<NewReminder> | null;
    /**
     * Series Id
     *
     * Read-only: ignored in a body.
     */
    readonly series_id?: unknown;
    /**
     * Start Date
     */
    start_date?: string | null;
    /**
     * Tags
     */
    tags?: Array<string> | null;
    /**
     * Title
     */
    title: string;
    /**
     * Updated At
     *
     * Read-only: ignored in a body.
     */
    readonly updated_at?: unknown;
    /**
     * User Id
     *
     * Read-only: ignored in a body.
     */
    readonly user_id?: unknown;
    /**
     * Version
     *
     * Read-only: ignored in a body.
     */
    readonly version?: unknown;
};

/**
 * NewWebhook
 */
export type NewWebhook = {
    /**
     * Project Id
     *
     * Only events of this project and of its todos
     */
    project_id?: string | null;
    /**
     * Types
     *
     * The types of events that are delivered; none named: all
     */
    types?: Array<string>;
    /**
     * Url
     */
    url: string;
};

/**
 * OtherTags
 *
 * The tags that `by_tag` leaves out, summed: a todo with two of them counts twice.
 */
export type OtherTags = {
    /**
     * Completed
     */
    completed: number;
    /**
     * Count
     */
    count: number;
    /**
     * Total
     */
    total: number;
};

/**
 * Passkey
 */
export type Passkey = {
    /**
     * Created At
     */
    created_at: string;
    /**
     * Id
     */
    id: string;
    /**
     * Last Used At
     */
    last_used_at: string | null;
    /**
     * Name
     */
    name: string;
};

/**
 * PasskeyLogin
 */
export type PasskeyLogin = {
    /**
     * Credential
     *
     * What `PublicKeyCredential.toJSON()` of a browser gives.
     */
    credential: {
        [key: string]: unknown;
    };
    /**
     * Refresh
     */
    refresh?: 'body' | 'cookie';
};

/**
 * PasskeyName
 */
export type PasskeyName = {
    /**
     * Name
     */
    name: string;
};

/**
 * PasskeyOptions
 *
 * What `PublicKeyCredential.parse…OptionsFromJSON()` of a browser takes.
 */
export type PasskeyOptions = {
    /**
     * Challenge
     */
    challenge: string;
    [key: string]: unknown;
};

/**
 * PasswordChange
 */
export type PasswordChange = {
    /**
     * Current Password
     */
    current_password: string;
    /**
     * New Password
     */
    new_password: string;
};

/**
 * PasswordReset
 */
export type PasswordReset = {
    /**
     * New Password
     */
    new_password: string;
    /**
     * Token
     */
    token: string;
};

/**
 * Pending
 */
export type Pending = {
    /**
     * Expires In
     */
    expires_in?: number;
    /**
     * Methods
     */
    methods?: Array<string>;
    /**
     * Mfa Token
     */
    mfa_token: string;
};

/**
 * Priorities
 */
export type Priorities = {
    high: Count;
    low: Count;
    medium: Count;
    none: Count;
    urgent: Count;
};

/**
 * Problem details (RFC 9457).
 */
export type Problem = {
    /**
     * What went wrong, for programs.
     */
    code: string;
    detail: string;
    errors?: Array<{
        detail: string;
        pointer: string;
    }>;
    /**
     * Which limit of the user's account is reached (403 quota_exceeded, 429).
     */
    quota?: {
        limit: number;
        name: string;
    };
    request_id: string;
    status: number;
    title: string;
    type: string;
};

/**
 * ProfileChange
 *
 * What GET gave may be sent back: read-only fields are ignored.
 */
export type ProfileChange = {
    /**
     * Daily Goal
     */
    daily_goal?: number;
    /**
     * Day Start Hour
     */
    day_start_hour?: number;
    /**
     * Display Name
     */
    display_name?: string;
    /**
     * Time Zone
     */
    time_zone?: string;
    /**
     * Week Start
     */
    week_start?: 'monday' | 'sunday' | 'saturday';
};

/**
 * Project
 *
 * A list of todos.
 */
export type Project = {
    /**
     * Archived
     */
    archived: boolean;
    /**
     * Color
     */
    color: string | null;
    /**
     * Created At
     */
    created_at: string;
    /**
     * Deleted At
     */
    deleted_at: string | null;
    /**
     * Id
     */
    id: string;
    /**
     * Name
     */
    name: string;
    /**
     * Position
     *
     * Sorts it among the others, byte by byte
     */
    position: string;
    /**
     * Updated At
     */
    updated_at: string;
    /**
     * Version
     */
    version: number;
};

/**
 * ProjectChange
 *
 * One change of a project.
 */
export type ProjectChange = {
    actor: Actor;
    /**
     * Changed
     */
    changed: Array<string>;
    /**
     * Command Id
     */
    command_id: string;
    /**
     * Occurred At
     */
    occurred_at: string;
    /**
     * Previous
     */
    previous: {
        [key: string]: unknown;
    };
    project: Project;
    /**
     * Sequence
     */
    sequence: number;
    /**
     * Type
     */
    type: string;
};

/**
 * ProjectChanges
 *
 * The fields to change; null clears one.
 */
export type ProjectChanges = {
    /**
     * Archived
     */
    archived?: boolean;
    /**
     * Color
     */
    color?: string | null;
    /**
     * Created At
     *
     * Read-only: ignored in a body.
     */
    readonly created_at?: unknown;
    /**
     * Deleted At
     *
     * Read-only: ignored in a body.
     */
    readonly deleted_at?: unknown;
    /**
     * Id
     *
     * Read-only: ignored in a body.
     */
    readonly id?: unknown;
    /**
     * Name
     */
    name?: string;
    /**
     * Position
     *
     * Read-only: ignored in a body.
     */
    readonly position?: unknown;
    /**
     * Updated At
     *
     * Read-only: ignored in a body.
     */
    readonly updated_at?: unknown;
    /**
     * Version
     *
     * Read-only: ignored in a body.
     */
    readonly version?: unknown;
};

/**
 * ProjectCount
 */
export type ProjectCount = {
    /**
     * Completed
     */
    completed: number;
    /**
     * Project Id
     *
     * null: the inbox
     */
    project_id: string | null;
    /**
     * Total
     */
    total: number;
};

/**
 * Proof
 *
 * One of them.
 */
export type Proof = {
    /**
     * Code
     */
    code?: string | null;
    /**
     * Passkey
     */
    passkey?: {
        [key: string]: unknown;
    } | null;
    /**
     * Password
     */
    password?: string | null;
};

/**
 * Provider
 *
 * `id` stands in its paths, `name` on its button.
 */
export type Provider = {
    /**
     * Id
     */
    id: string;
    /**
     * Name
     */
    name: string;
};

/**
 * Push
 */
export type Push = {
    /**
     * Public Key
     *
     * `applicationServerKey` for `PushManager.subscribe`
     */
    public_key: string;
    /**
     * Subscriptions
     *
     * The browsers of the user, the newest 10
     */
    subscriptions: Array<PushSubscription>;
};

/**
 * PushKeys
 */
export type PushKeys = {
    /**
     * Auth
     */
    auth: string;
    /**
     * P256Dh
     */
    p256dh: string;
};

/**
 * PushSubscription
 */
export type PushSubscription = {
    /**
     * Created At
     */
    created_at: string;
    /**
     * Endpoint
     */
    endpoint: string;
};

/**
 * QuickAdd
 *
 * A line such as `Buy milk tomorrow 5pm #home`; with `preview` nothing is created.
 */
export type QuickAdd = {
    /**
     * Preview
     */
    preview?: boolean;
    /**
     * Text
     */
    text: string;
};

/**
 * QuickPart
 *
 * What a stretch of the line was taken for; `start` and `end` count UTF-16 code units.
 */
export type QuickPart = {
    /**
     * End
     */
    end: number;
    /**
     * Kind
     */
    kind: 'tag' | 'project' | 'priority' | 'day' | 'time' | 'recurrence' | 'description';
    /**
     * Start
     */
    start: number;
    /**
     * Text
     */
    text: string;
};

/**
 * QuickPreview
 *
 * What a line says.
 */
export type QuickPreview = {
    /**
     * Parts
     */
    parts: Array<QuickPart>;
    todo: QuickTodo;
};

/**
 * QuickTodo
 *
 * The todo that a line would make.
 */
export type QuickTodo = {
    /**
     * Description
     */
    description: string;
    /**
     * Due At
     */
    due_at: string | null;
    /**
     * Due Date
     */
    due_date: string | null;
    /**
     * Due Time
     */
    due_time: string | null;
    /**
     * Due Time Zone
     */
    due_time_zone: string | null;
    /**
     * Priority
     */
    priority: 'none' | 'low' | 'medium' | 'high' | 'urgent';
    /**
     * Project Id
     */
    project_id: string | null;
    recurrence: Recurrence | null;
    /**
     * Tags
     */
    tags: Array<string>;
    /**
     * Title
     */
    title: string;
};

/**
 * QuietHours
 *
 * Meanwhile nothing is mailed or pushed, but in one message when they end; they may go over midnight.
 */
export type QuietHours = {
    /**
     * End
     */
    end: string;
    /**
     * Start
     */
    start: string;
};

/**
 * RecoveryCodes
 */
export type RecoveryCodes = {
    /**
     * Recovery Codes
     */
    recovery_codes: Array<string>;
};

/**
 * Recurrence
 *
 * When a todo comes again: an RFC 5545 rule, counted from its schedule or from the day of its completion.
 */
export type Recurrence = {
    /**
     * Mode
     */
    mode: 'schedule' | 'completion';
    /**
     * Rule
     */
    rule: string;
    [key: string]: unknown;
};

/**
 * RefreshRequest
 */
export type RefreshRequest = {
    /**
     * Refresh Token
     */
    refresh_token?: string | null;
};

/**
 * Registration
 */
export type Registration = {
    /**
     * Display Name
     */
    display_name?: string | null;
    /**
     * Email
     */
    email: string;
    /**
     * Invitation
     */
    invitation?: string | null;
    /**
     * Password
     */
    password: string;
    /**
     * Time Zone
     */
    time_zone?: string;
};

/**
 * RegistrationMode
 */
export type RegistrationMode = {
    /**
     * Registration
     */
    registration: 'open' | 'invite' | 'closed';
    /**
     * Verify Email
     */
    verify_email: 'optional' | 'required';
};

/**
 * Reminder
 *
 * When to remind of a todo: at an instant, or so long before it is due; one of the two is there.
 */
export type Reminder = {
    /**
     * At
     */
    at?: string | null;
    /**
     * Id
     */
    id: string;
    /**
     * Minutes Before Due
     */
    minutes_before_due?: number | null;
    [key: string]: unknown;
};

/**
 * Replay
 */
export type Replay = {
    /**
     * From Sequence
     *
     * The first change that is delivered again
     */
    from_sequence: number;
};

/**
 * ResetLink
 */
export type ResetLink = {
    /**
     * Link
     */
    link: string;
};

/**
 * RestoreRequest
 *
 * To where; with `dry_run` nothing is written.
 */
export type RestoreRequest = {
    /**
     * As Of
     *
     * A number of the user's sequence, or an instant
     */
    as_of: number | string;
    /**
     * Dry Run
     */
    dry_run?: boolean;
};

/**
 * Restored
 *
 * How many todos, projects and filters that takes, by what is done with them.
 *
 * `kept` are todos that cannot be as they were. A dry run has no `command_id`.
 */
export type Restored = {
    /**
     * As Of
     */
    as_of: number;
    /**
     * Changes
     */
    changes: {
        [key: string]: number;
    };
    /**
     * Command Id
     */
    command_id: string | null;
    /**
     * Dry Run
     */
    dry_run: boolean;
    /**
     * Kept
     */
    kept: number;
    /**
     * Sequence
     */
    sequence: number;
};

/**
 * SecondStep
 */
export type SecondStep = {
    /**
     * Code
     */
    code: string;
    /**
     * Mfa Token
     */
    mfa_token: string;
    /**
     * Refresh
     */
    refresh?: 'body' | 'cookie';
};

/**
 * Security
 */
export type Security = {
    /**
     * Administrator
     */
    administrator: boolean;
    /**
     * Email Verified
     */
    email_verified: boolean;
    /**
     * Passkeys
     */
    passkeys: number;
    /**
     * Password
     */
    password: boolean;
    /**
     * Recovery Codes Left
     */
    recovery_codes_left: number;
    /**
     * Totp
     */
    totp: boolean;
};

/**
 * SentTest
 *
 * Where a test message is on its way to.
 */
export type SentTest = {
    /**
     * Browsers
     *
     * How many browsers it is pushed to
     */
    browsers: number;
    /**
     * Email
     *
     * To the address of the account
     */
    email: boolean;
};

/**
 * Session
 */
export type Session = {
    /**
     * Created At
     */
    created_at: string;
    /**
     * Current
     */
    current: boolean;
    /**
     * Id
     */
    id: string;
    /**
     * Ip
     */
    ip: string;
    /**
     * Last Used At
     */
    last_used_at: string;
    /**
     * User Agent
     */
    user_agent: string;
};

/**
 * Settings
 */
export type Settings = {
    channels: Channels;
    /**
     * Default Minutes Before
     *
     * Minutes before a todo with a time of day is due that it is reminded of, unless it has reminders of its own; null: never
     */
    default_minutes_before: number | null;
    /**
     * Digest Hour
     *
     * The hour, in the user's time zone, of a daily digest of what is due or overdue; null: none
     */
    digest_hour: number | null;
    /**
     * By the clock of the user's time zone
     */
    quiet_hours: QuietHours | null;
};

/**
 * SettingsChange
 *
 * Fields that are left out stay as they are.
 */
export type SettingsChange = {
    channels?: ChannelsChange;
    /**
     * Default Minutes Before
     */
    default_minutes_before?: number | null;
    /**
     * Digest Hour
     */
    digest_hour?: number | null;
    quiet_hours?: QuietHours | null;
};

/**
 * StreakAnswer
 *
 * Consecutive days with a completion; today without one does not end the streak yet.
 */
export type StreakAnswer = {
    /**
     * Current
     */
    current: number;
    /**
     * Last Active Date
     */
    last_active_date: string | null;
    /**
     * Longest
     */
    longest: number;
};

/**
 * Summary
 *
 * A user's progress. Todos in the trash are not counted; what was completed stays completed on its day.
 */
export type Summary = {
    /**
     * Active
     */
    active: number;
    /**
     * As Of
     *
     * The instant that `today` and `overdue` were judged at
     */
    as_of: string;
    /**
     * As Of Sequence
     *
     * Every change of the user up to this one is counted
     */
    as_of_sequence: number;
    by_priority: Priorities;
    /**
     * By Project
     *
     * Those that have todos, largest first
     */
    by_project: Array<ProjectCount>;
    /**
     * By Tag
     *
     * The 100 largest, largest first
     */
    by_tag: Array<TagCount>;
    /**
     * Completed
     */
    completed: number;
    /**
     * Completed This Week
     */
    completed_this_week: number;
    /**
     * Completed Today
     */
    completed_today: number;
    /**
     * Completion Rate
     *
     * completed / total, 0 when there is nothing
     */
    completion_rate: number;
    /**
     * Created Today
     */
    created_today: number;
    goal: Goal;
    other_tags: OtherTags;
    /**
     * Overdue
     */
    overdue: number;
    /**
     * Stale
     *
     * Changes are known to be missing, or whether some are cannot be told
     */
    stale: boolean;
    streak: StreakAnswer;
    /**
     * Time Zone
     */
    time_zone: string;
    /**
     * Total
     */
    total: number;
    /**
     * User Id
     */
    user_id: string;
};

/**
 * SyncAnswer
 *
 * A result for each command, in order; then what happened after `since`, as `/api/changes` says it.
 */
export type SyncAnswer = {
    /**
     * Changes
     */
    changes: Array<Change | ProjectChange | FilterChange>;
    /**
     * Has More
     */
    has_more: boolean;
    /**
     * Results
     */
    results: Array<SyncResult>;
    /**
     * Sequence
     */
    sequence: number;
};

/**
 * SyncCommand
 *
 * A write of a device: `set` are fields of a todo, `base_version` is the version that the device saw.
 */
export type SyncCommand = {
    /**
     * Base Version
     */
    base_version?: number | null;
    /**
     * Id
     *
     * A UUIDv7, whose time orders the writes; the same again is done once
     */
    id: string;
    /**
     * Op
     */
    op: 'create' | 'update' | 'complete' | 'reopen' | 'delete' | 'restore';
    /**
     * Set
     */
    set?: {
        [key: string]: unknown;
    };
    /**
     * Todo Id
     */
    todo_id: string;
};

/**
 * SyncConflict
 *
 * A field for which there are two values: both, and whose is kept.
 */
export type SyncConflict = {
    /**
     * Field
     */
    field: string;
    /**
     * Kept
     */
    kept: 'yours' | 'theirs';
    /**
     * Theirs
     */
    theirs: unknown;
    /**
     * Yours
     */
    yours: unknown;
};

/**
 * SyncError
 *
 * Why a write failed, as the single call would have answered.
 */
export type SyncError = {
    /**
     * Code
     */
    code: string;
    /**
     * Detail
     */
    detail: string;
    /**
     * Errors
     */
    errors: Array<{
        [key: string]: string;
    }>;
    /**
     * Status
     */
    status: number;
};

/**
 * SyncRequest
 *
 * Writes, done in order, and from which number on changes are wanted.
 */
export type SyncRequest = {
    /**
     * Commands
     */
    commands?: Array<SyncCommand>;
    /**
     * Since
     */
    since?: number;
};

/**
 * SyncResult
 *
 * What came of a write, and the todo after it.
 *
 * `applied`: all of it; `merged`: with conflicts; `conflict`: nothing, as others were newer; `unchanged`: nothing
 * differs; `failed`: it may be sent again.
 */
export type SyncResult = {
    /**
     * Conflicts
     */
    conflicts?: Array<SyncConflict>;
    error?: SyncError | null;
    /**
     * Id
     */
    id: string;
    /**
     * Status
     */
    status: 'applied' | 'merged' | 'conflict' | 'unchanged' | 'failed';
    todo?: Todo | null;
};

/**
 * TagCount
 */
export type TagCount = {
    /**
     * Completed
     */
    completed: number;
    /**
     * Tag
     */
    tag: string;
    /**
     * Total
     */
    total: number;
};

/**
 * TestResult
 *
 * What the endpoint answered to a test event; `error` says why there is no answer.
 */
export type TestResult = {
    /**
     * Delivered
     */
    delivered: boolean;
    /**
     * Duration Ms
     */
    duration_ms: number;
    /**
     * Error
     */
    error: string;
    /**
     * Response
     *
     * Up to 1 KB
     */
    response: string;
    /**
     * Status
     */
    status: number | null;
};

/**
 * Todo
 *
 * A todo.
 */
export type Todo = {
    /**
     * Completed
     */
    completed: boolean;
    /**
     * Completed At
     */
    completed_at: string | null;
    /**
     * Created At
     */
    created_at: string;
    /**
     * Deleted At
     */
    deleted_at: string | null;
    /**
     * Description
     */
    description: string;
    /**
     * Due At
     */
    due_at: string | null;
    /**
     * Due Date
     */
    due_date: string | null;
    /**
     * Due Time
     */
    due_time: string | null;
    /**
     * Due Time Zone
     */
    due_time_zone: string | null;
    /**
     * Id
     */
    id: string;
    /**
     * Occurrence Date
     */
    occurrence_date: string | null;
    /**
     * Parent Id
     */
    parent_id: string | null;
    /**
     * Position
     */
    position: string;
    /**
     * Priority
     */
    priority: 'none' | 'low' | 'medium' | 'high' | 'urgent';
    /**
     * Project Id
     */
    project_id: string | null;
    recurrence: Recurrence | null;
    /**
     * Reminders
     */
    reminders: Array<Reminder>;
    /**
     * Series Id
     */
    series_id: string | null;
    /**
     * Start Date
     */
    start_date: string | null;
    /**
     * Tags
     */
    tags: Array<string>;
    /**
     * Title
     */
    title: string;
    /**
     * Updated At
     */
    updated_at: string;
    /**
     * User Id
     */
    user_id: string;
    /**
     * Version
     */
    version: number;
};

/**
 * TodoChanges
 *
 * The fields to change; null clears one.
 */
export type TodoChanges = {
    /**
     * Completed
     */
    completed?: boolean;
    /**
     * Completed At
     *
     * Read-only: ignored in a body.
     */
    readonly completed_at?: unknown;
    /**
     * Created At
     *
     * Read-only: ignored in a body.
     */
    readonly created_at?: unknown;
    /**
     * Deleted At
     *
     * Read-only: ignored in a body.
     */
    readonly deleted_at?: unknown;
    /**
     * Description
     */
    description?: string | null;
    /**
     * Due At
     *
     * Read-only: ignored in a body.
     */
    readonly due_at?: unknown;
    /**
     * Due Date
     */
    due_date?: string | null;
    /**
     * Due Time
     */
    due_time?: string | null;
    /**
     * Due Time Zone
     */
    due_time_zone?: string | null;
    /**
     * Id
     *
     * Read-only: ignored in a body.
     */
    readonly id?: unknown;
    /**
     * Occurrence Date
     *
     * Read-only: ignored in a body.
     */
    readonly occurrence_date?: unknown;
    /**
     * Parent Id
     */
    parent_id?: string | null;
    /**
     * Position
     *
     * Read-only: ignored in a body.
     */
    readonly position?: unknown;
    /**
     * Priority
     */
    priority?: 'none' | 'low' | 'medium' | 'high' | 'urgent' | null;
    /**
     * Project Id
     */
    project_id?: string | null;
    recurrence?: NewRecurrence | null;
    /**
     * Reminders
     */
    reminders?: Array<NewReminder> | null;
    /**
     * Series Id
     *
     * Read-only: ignored in a body.
     */
    readonly series_id?: unknown;
    /**
     * Start Date
     */
    start_date?: string | null;
    /**
     * Tags
     */
    tags?: Array<string> | null;
    /**
     * Title
     */
    title?: string;
    /**
     * Updated At
     *
     * Read-only: ignored in a body.
     */
    readonly updated_at?: unknown;
    /**
     * User Id
     *
     * Read-only: ignored in a body.
     */
    readonly user_id?: unknown;
    /**
     * Version
     *
     * Read-only: ignored in a body.
     */
    readonly version?: unknown;
};

/**
 * TokenOnly
 */
export type TokenOnly = {
    /**
     * Token
     */
    token: string;
};

/**
 * Tokens
 */
export type Tokens = {
    /**
     * Access Token
     */
    access_token: string;
    /**
     * Expires In
     */
    expires_in?: number;
    /**
     * Refresh Token
     */
    refresh_token?: string | null;
    /**
     * Token Type
     */
    token_type?: 'Bearer';
    user: User;
};

/**
 * UndoRequest
 *
 * Whose commands: the id of a session or of an API token, and after what.
 */
export type UndoRequest = {
    /**
     * Actor Id
     */
    actor_id: string;
    /**
     * Since
     *
     * A number of the user's sequence, or an instant
     */
    since: number | string;
};

/**
 * Undone
 *
 * The command that was appended, and its changes: 500 at most, `/api/changes` has the rest.
 */
export type Undone = {
    /**
     * Changes
     */
    changes: Array<Change | ProjectChange | FilterChange>;
    /**
     * Command Id
     */
    command_id: string;
    /**
     * Has More
     */
    has_more: boolean;
    /**
     * Sequence
     */
    sequence: number;
};

/**
 * User
 */
export type User = {
    /**
     * Created At
     */
    created_at: string;
    /**
     * Daily Goal
     */
    daily_goal: number;
    /**
     * Day Start Hour
     */
    day_start_hour: number;
    /**
     * Display Name
     */
    display_name: string;
    /**
     * Email
     */
    email: string;
    /**
     * Id
     */
    id: string;
    /**
     * Time Zone
     */
    time_zone: string;
    /**
     * Week Start
     */
    week_start: string;
};

/**
 * Webhook
 */
export type Webhook = {
    /**
     * Created At
     */
    created_at: string;
    /**
     * Disabled Reason
     *
     * Disabled by its user, by an answer 410, or by three days of failures
     */
    disabled_reason: 'user' | 'gone' | 'failing' | null;
    /**
     * Enabled
     */
    enabled: boolean;
    /**
     * Failing Since
     */
    failing_since: string | null;
    /**
     * Failures
     *
     * Attempts that failed in a row
     */
    failures: number;
    /**
     * Id
     */
    id: string;
    /**
     * Next Attempt At
     *
     * When what failed is tried again
     */
    next_attempt_at: string | null;
    /**
     * Position
     *
     * Every change up to this one is delivered, or not wanted
     */
    position: number;
    /**
     * Project Id
     */
    project_id: string | null;
    /**
     * Types
     */
    types: Array<string>;
    /**
     * Updated At
     */
    updated_at: string;
    /**
     * Url
     */
    url: string;
};

/**
 * WebhookChange
 *
 * Fields that are left out stay as they are.
 */
export type WebhookChange = {
    /**
     * Enabled
     */
    enabled?: boolean | null;
    /**
     * Project Id
     *
     * Only events of this project and of its todos
     */
    project_id?: string | null;
    /**
     * Types
     */
    types?: Array<string> | null;
    /**
     * Url
     */
    url?: string | null;
};

/**
 * WebhookWithSecret
 */
export type WebhookWithSecret = {
    /**
     * Created At
     */
    created_at: string;
    /**
     * Disabled Reason
     *
     * Disabled by its user, by an answer 410, or by three days of failures
     */
    disabled_reason: 'user' | 'gone' | 'failing' | null;
    /**
     * Enabled
     */
    enabled: boolean;
    /**
     * Failing Since
     */
    failing_since: string | null;
    /**
     * Failures
     *
     * Attempts that failed in a row
     */
    failures: number;
    /**
     * Id
     */
    id: string;
    /**
     * Next Attempt At
     *
     * When what failed is tried again
     */
    next_attempt_at: string | null;
    /**
     * Position
     *
     * Every change up to this one is delivered, or not wanted
     */
    position: number;
    /**
     * Project Id
     */
    project_id: string | null;
    /**
     * Secret
     *
     * Signs what is delivered; shown in this answer only
     */
    secret?: string;
    /**
     * Types
     */
    types: Array<string>;
    /**
     * Updated At
     */
    updated_at: string;
    /**
     * Url
     */
    url: string;
};

/**
 * BulkCreate
 *
 * As POST /api/todos; the id may be given here or in the todo.
 */
export type BulkCreateWritable = {
    /**
     * Id
     */
    id?: string | null;
    /**
     * Op
     */
    op: 'create';
    todo: NewTodoWritable;
};

/**
 * BulkRequest
 *
 * Operations, done in order.
 */
export type BulkRequestWritable = {
    /**
     * Operations
     */
    operations: Array<({
        op: 'create';
    } & BulkCreateWritable) | ({
        op: 'update';
    } & BulkUpdateWritable) | ({
        op: 'complete' | 'delete' | 'purge' | 'reopen' | 'restore';
    } & BulkAct)>;
};

/**
 * BulkUpdate
 *
 * As PATCH.
 */
export type BulkUpdateWritable = {
    /**
     * Id
     */
    id: string;
    /**
     * If Version
     */
    if_version?: number | null;
    /**
     * Op
     */
    op: 'update';
    todo: TodoChangesWritable;
};

/**
 * FilterChanges
 *
 * The fields to change.
 */
export type FilterChangesWritable = {
    /**
     * Name
     */
    name?: string;
    query?: FilterQuery;
};

/**
 * NewFilter
 *
 * A list to save; a client may choose its id.
 */
export type NewFilterWritable = {
    /**
     * Id
     */
    id?: string | null;
    /**
     * Name
     */
    name: string;
    query: FilterQuery;
};

/**
 * NewProject
 *
 * A project to create; a client may choose its id.
 */
export type NewProjectWritable = {
    /**
     * Archived
     */
    archived?: boolean;
    /**
     * Color
     */
    color?: string | null;
    /**
     * Id
     */
    id?: string | null;
    /**
     * Name
     */
    name: string;
};

/**
 * NewTodo
 *
 * A todo to create; a client may choose its id.
 */
export type NewTodoWritable = {
    /**
     * Completed
     */
    completed?: boolean;
    /**
     * Description
     */
    description?: string | null;
    /**
     * Due Date
     */
    due_date?: string | null;
    /**
     * Due Time
     */
    due_time?: string | null;
    /**
     * Due Time Zone
     */
    due_time_zone?: string | null;
    /**
     * Id
     */
    id?: string | null;
    /**
     * Parent Id
     */
    parent_id?: string | null;
    /**
     * Priority
     */
    priority?: 'none' | 'low' | 'medium' | 'high' | 'urgent' | null;
    /**
     * Project Id
     */
    project_id?: string | null;
    recurrence?: NewRecurrence | null;
    /**
     * Reminders
     */
    reminders?: Array<NewReminder> | null;
    /**
     * Start Date
     */
    start_date?: string | null;
    /**
     * Tags
     */
    tags?: Array<string> | null;
    /**
     * Title
     */
    title: string;
};

/**
 * ProjectChanges
 *
 * The fields to change; null clears one.
 */
export type ProjectChangesWritable = {
    /**
     * Archived
     */
    archived?: boolean;
    /**
     * Color
     */
    color?: string | null;
    /**
     * Name
     */
    name?: string;
};

/**
 * TodoChanges
 *
 * The fields to change; null clears one.
 */
export type TodoChangesWritable = {
    /**
     * Completed
     */
    completed?: boolean;
    /**
     * Description
     */
    description?: string | null;
    /**
     * Due Date
     */
    due_date?: string | null;
    /**
     * Due Time
     */
    due_time?: string | null;
    /**
     * Due Time Zone
     */
    due_time_zone?: string | null;
    /**
     * Parent Id
     */
    parent_id?: string | null;
    /**
     * Priority
     */
    priority?: 'none' | 'low' | 'medium' | 'high' | 'urgent' | null;
    /**
     * Project Id
     */
    project_id?: string | null;
    recurrence?: NewRecurrence | null;
    /**
     * Reminders
     */
    reminders?: Array<NewReminder> | null;
    /**
     * Start Date
     */
    start_date?: string | null;
    /**
     * Tags
     */
    tags?: Array<string> | null;
    /**
     * Title
     */
    title?: string;
};

export type JwksData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/.well-known/jwks.json';
};

export type JwksResponses = {
    /**
     * Successful Response
     */
    200: unknown;
};

export type ListInvitationsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/admin/invitations';
};

export type ListInvitationsErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListInvitationsError = ListInvitationsErrors[keyof ListInvitationsErrors];

export type ListInvitationsResponses = {
    /**
     * Response List Invitations Api Admin Invitations Get
     *
     * Successful Response
     */
    200: Array<Invitation>;
};

export type ListInvitationsResponse = ListInvitationsResponses[keyof ListInvitationsResponses];

export type InviteData = {
    body: Inviting;
    path?: never;
    query?: never;
    url: '/api/admin/invitations';
};

export type InviteErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type InviteError = InviteErrors[keyof InviteErrors];

export type InviteResponses = {
    /**
     * Successful Response
     */
    201: NewInvitation;
};

export type InviteResponse = InviteResponses[keyof InviteResponses];

export type WithdrawData = {
    body?: never;
    path: {
        /**
         * Invitation Id
         */
        invitation_id: string;
    };
    query?: never;
    url: '/api/admin/invitations/{invitation_id}';
};

export type WithdrawErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type WithdrawError = WithdrawErrors[keyof WithdrawErrors];

export type WithdrawResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type WithdrawResponse = WithdrawResponses[keyof WithdrawResponses];

export type ListUsersData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Q
         *
         * Text in the address or the name.
         */
        q?: string;
        /**
         * Cursor
         *
         * The `X-Next-Cursor` of the page before.
         */
        cursor?: string;
    };
    url: '/api/admin/users';
};

export type ListUsersErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListUsersError = ListUsersErrors[keyof ListUsersErrors];

export type ListUsersResponses = {
    /**
     * Response List Users Api Admin Users Get
     *
     * Successful Response
     */
    200: Array<Account>;
};

export type ListUsersResponse = ListUsersResponses[keyof ListUsersResponses];

export type DeleteData = {
    body?: never;
    path: {
        /**
         * User Id
         */
        user_id: string;
    };
    query?: never;
    url: '/api/admin/users/{user_id}';
};

export type DeleteErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type DeleteError = DeleteErrors[keyof DeleteErrors];

export type DeleteResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type DeleteResponse = DeleteResponses[keyof DeleteResponses];

export type DemoteData = {
    body?: never;
    path: {
        /**
         * User Id
         */
        user_id: string;
    };
    query?: never;
    url: '/api/admin/users/{user_id}/demote';
};

export type DemoteErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type DemoteError = DemoteErrors[keyof DemoteErrors];

export type DemoteResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type DemoteResponse = DemoteResponses[keyof DemoteResponses];

export type DisableData = {
    body?: never;
    path: {
        /**
         * User Id
         */
        user_id: string;
    };
    query?: never;
    url: '/api/admin/users/{user_id}/disable';
};

export type DisableErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type DisableError = DisableErrors[keyof DisableErrors];

export type DisableResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type DisableResponse = DisableResponses[keyof DisableResponses];

export type EnableData = {
    body?: never;
    path: {
        /**
         * User Id
         */
        user_id: string;
    };
    query?: never;
    url: '/api/admin/users/{user_id}/enable';
};

export type EnableErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type EnableError = EnableErrors[keyof EnableErrors];

export type EnableResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type EnableResponse = EnableResponses[keyof EnableResponses];

export type EndSessionsData = {
    body?: never;
    path: {
        /**
         * User Id
         */
        user_id: string;
    };
    query?: never;
    url: '/api/admin/users/{user_id}/end-sessions';
};

export type EndSessionsErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type EndSessionsError = EndSessionsErrors[keyof EndSessionsErrors];

export type EndSessionsResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type EndSessionsResponse = EndSessionsResponses[keyof EndSessionsResponses];

export type PromoteData = {
    body?: never;
    path: {
        /**
         * User Id
         */
        user_id: string;
    };
    query?: never;
    url: '/api/admin/users/{user_id}/promote';
};

export type PromoteErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type PromoteError = PromoteErrors[keyof PromoteErrors];

export type PromoteResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type PromoteResponse = PromoteResponses[keyof PromoteResponses];

export type ResetLinkData = {
    body?: never;
    path: {
        /**
         * User Id
         */
        user_id: string;
    };
    query?: never;
    url: '/api/admin/users/{user_id}/reset-link';
};

export type ResetLinkErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ResetLinkError = ResetLinkErrors[keyof ResetLinkErrors];

export type ResetLinkResponses = {
    /**
     * Successful Response
     */
    200: ResetLink;
};

export type ResetLinkResponse = ResetLinkResponses[keyof ResetLinkResponses];

export type ActivityData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Before
         *
         * Only entries older than this id.
         */
        before?: number;
        /**
         * Limit
         */
        limit?: number;
    };
    url: '/api/auth/activity';
};

export type ActivityErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ActivityError = ActivityErrors[keyof ActivityErrors];

export type ActivityResponses = {
    /**
     * Response Activity Api Auth Activity Get
     *
     * Successful Response
     */
    200: Array<Activity>;
};

export type ActivityResponse = ActivityResponses[keyof ActivityResponses];

export type ChangeEmailData = {
    body: EmailChange;
    path?: never;
    query?: never;
    url: '/api/auth/email';
};

export type ChangeEmailErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type ChangeEmailError = ChangeEmailErrors[keyof ChangeEmailErrors];

export type ChangeEmailResponses = {
    /**
     * Successful Response
     */
    202: unknown;
};

export type ForgotPasswordData = {
    body: AddressOnly;
    path?: never;
    query?: never;
    url: '/api/auth/forgot-password';
};

export type ForgotPasswordErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type ForgotPasswordError = ForgotPasswordErrors[keyof ForgotPasswordErrors];

export type ForgotPasswordResponses = {
    /**
     * Successful Response
     */
    202: unknown;
};

export type ListIdentitiesData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/identities';
};

export type ListIdentitiesErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListIdentitiesError = ListIdentitiesErrors[keyof ListIdentitiesErrors];

export type ListIdentitiesResponses = {
    /**
     * Response List Identities Api Auth Identities Get
     *
     * Successful Response
     */
    200: Array<Identity>;
};

export type ListIdentitiesResponse = ListIdentitiesResponses[keyof ListIdentitiesResponses];

export type RemoveIdentityData = {
    body?: never;
    path: {
        /**
         * Identity Id
         */
        identity_id: string;
    };
    query?: never;
    url: '/api/auth/identities/{identity_id}';
};

export type RemoveIdentityErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type RemoveIdentityError = RemoveIdentityErrors[keyof RemoveIdentityErrors];

export type RemoveIdentityResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type RemoveIdentityResponse = RemoveIdentityResponses[keyof RemoveIdentityResponses];

export type LoginData = {
    body: Credentials;
    path?: never;
    query?: never;
    url: '/api/auth/login';
};

export type LoginErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type LoginError = LoginErrors[keyof LoginErrors];

export type LoginResponses = {
    /**
     * Successful Response
     */
    200: Tokens;
    /**
     * The password is right; a code has to follow.
     */
    202: Pending;
};

export type LoginResponse = LoginResponses[keyof LoginResponses];

export type FinishLoginData = {
    body: SecondStep;
    path?: never;
    query?: never;
    url: '/api/auth/login/mfa';
};

export type FinishLoginErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type FinishLoginError = FinishLoginErrors[keyof FinishLoginErrors];

export type FinishLoginResponses = {
    /**
     * Successful Response
     */
    200: Tokens;
};

export type FinishLoginResponse = FinishLoginResponses[keyof FinishLoginResponses];

export type LogoutData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/logout';
};

export type LogoutErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type LogoutError = LogoutErrors[keyof LogoutErrors];

export type LogoutResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type LogoutResponse = LogoutResponses[keyof LogoutResponses];

export type LogoutAllData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/logout-all';
};

export type LogoutAllErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type LogoutAllError = LogoutAllErrors[keyof LogoutAllErrors];

export type LogoutAllResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type LogoutAllResponse = LogoutAllResponses[keyof LogoutAllResponses];

export type ListPasskeysData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/passkeys';
};

export type ListPasskeysErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListPasskeysError = ListPasskeysErrors[keyof ListPasskeysErrors];

export type ListPasskeysResponses = {
    /**
     * Response List Passkeys Api Auth Passkeys Get
     *
     * Successful Response
     */
    200: Array<Passkey>;
};

export type ListPasskeysResponse = ListPasskeysResponses[keyof ListPasskeysResponses];

export type AddPasskeyData = {
    body: NewPasskey;
    path?: never;
    query?: never;
    url: '/api/auth/passkeys';
};

export type AddPasskeyErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type AddPasskeyError = AddPasskeyErrors[keyof AddPasskeyErrors];

export type AddPasskeyResponses = {
    /**
     * Successful Response
     */
    201: Passkey;
};

export type AddPasskeyResponse = AddPasskeyResponses[keyof AddPasskeyResponses];

export type LogInData = {
    body: PasskeyLogin;
    path?: never;
    query?: never;
    url: '/api/auth/passkeys/login';
};

export type LogInErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type LogInError = LogInErrors[keyof LogInErrors];

export type LogInResponses = {
    /**
     * Successful Response
     */
    200: Tokens;
};

export type LogInResponse = LogInResponses[keyof LogInResponses];

export type LoginOptionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/passkeys/login/options';
};

export type LoginOptionsErrors = {
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type LoginOptionsError = LoginOptionsErrors[keyof LoginOptionsErrors];

export type LoginOptionsResponses = {
    /**
     * Successful Response
     */
    200: PasskeyOptions;
};

export type LoginOptionsResponse = LoginOptionsResponses[keyof LoginOptionsResponses];

export type EnrolmentOptionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/passkeys/options';
};

export type EnrolmentOptionsErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type EnrolmentOptionsError = EnrolmentOptionsErrors[keyof EnrolmentOptionsErrors];

export type EnrolmentOptionsResponses = {
    /**
     * Successful Response
     */
    200: PasskeyOptions;
};

export type EnrolmentOptionsResponse = EnrolmentOptionsResponses[keyof EnrolmentOptionsResponses];

export type RemovePasskeyData = {
    body?: never;
    path: {
        /**
         * Passkey Id
         */
        passkey_id: string;
    };
    query?: never;
    url: '/api/auth/passkeys/{passkey_id}';
};

export type RemovePasskeyErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type RemovePasskeyError = RemovePasskeyErrors[keyof RemovePasskeyErrors];

export type RemovePasskeyResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type RemovePasskeyResponse = RemovePasskeyResponses[keyof RemovePasskeyResponses];

export type RenamePasskeyData = {
    body: PasskeyName;
    path: {
        /**
         * Passkey Id
         */
        passkey_id: string;
    };
    query?: never;
    url: '/api/auth/passkeys/{passkey_id}';
};

export type RenamePasskeyErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type RenamePasskeyError = RenamePasskeyErrors[keyof RenamePasskeyErrors];

export type RenamePasskeyResponses = {
    /**
     * Successful Response
     */
    200: Passkey;
};

export type RenamePasskeyResponse = RenamePasskeyResponses[keyof RenamePasskeyResponses];

export type ChangePasswordData = {
    body: PasswordChange;
    path?: never;
    query?: never;
    url: '/api/auth/password';
};

export type ChangePasswordErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type ChangePasswordError = ChangePasswordErrors[keyof ChangePasswordErrors];

export type ChangePasswordResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type ChangePasswordResponse = ChangePasswordResponses[keyof ChangePasswordResponses];

export type ListProvidersData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/providers';
};

export type ListProvidersErrors = {
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListProvidersError = ListProvidersErrors[keyof ListProvidersErrors];

export type ListProvidersResponses = {
    /**
     * Response List Providers Api Auth Providers Get
     *
     * Successful Response
     */
    200: Array<Provider>;
};

export type ListProvidersResponse = ListProvidersResponses[keyof ListProvidersResponses];

export type CallbackData = {
    body?: never;
    path: {
        /**
         * Provider Id
         */
        provider_id: string;
    };
    query?: {
        /**
         * State
         */
        state?: string;
        /**
         * Code
         */
        code?: string;
        /**
         * Iss
         */
        iss?: string | null;
    };
    url: '/api/auth/providers/{provider_id}/callback';
};

export type CallbackErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type CallbackError = CallbackErrors[keyof CallbackErrors];

export type StartData = {
    body?: never;
    path: {
        /**
         * Provider Id
         */
        provider_id: string;
    };
    query?: {
        /**
         * Next
         *
         * The path of the web app to go to once logged in.
         */
        next?: string;
    };
    url: '/api/auth/providers/{provider_id}/start';
};

export type StartErrors = {
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type StartError = StartErrors[keyof StartErrors];

export type ReauthenticateData = {
    body: Proof;
    path?: never;
    query?: never;
    url: '/api/auth/reauthenticate';
};

export type ReauthenticateErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type ReauthenticateError = ReauthenticateErrors[keyof ReauthenticateErrors];

export type ReauthenticateResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type ReauthenticateResponse = ReauthenticateResponses[keyof ReauthenticateResponses];

export type RefreshData = {
    /**
     * Body
     */
    body?: RefreshRequest | null;
    path?: never;
    query?: never;
    url: '/api/auth/refresh';
};

export type RefreshErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type RefreshError = RefreshErrors[keyof RefreshErrors];

export type RefreshResponses = {
    /**
     * Successful Response
     */
    200: Tokens;
};

export type RefreshResponse = RefreshResponses[keyof RefreshResponses];

export type RegisterData = {
    body: Registration;
    path?: never;
    query?: never;
    url: '/api/auth/register';
};

export type RegisterErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type RegisterError = RegisterErrors[keyof RegisterErrors];

export type RegisterResponses = {
    /**
     * Successful Response
     */
    201: User;
    /**
     * A link goes to the address, whether or not it has an account.
     */
    202: unknown;
};

export type RegisterResponse = RegisterResponses[keyof RegisterResponses];

export type RegistrationModeData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/registration';
};

export type RegistrationModeErrors = {
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type RegistrationModeError = RegistrationModeErrors[keyof RegistrationModeErrors];

export type RegistrationModeResponses = {
    /**
     * Successful Response
     */
    200: RegistrationMode;
};

export type RegistrationModeResponse = RegistrationModeResponses[keyof RegistrationModeResponses];

export type ResetPasswordData = {
    body: PasswordReset;
    path?: never;
    query?: never;
    url: '/api/auth/reset-password';
};

export type ResetPasswordErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type ResetPasswordError = ResetPasswordErrors[keyof ResetPasswordErrors];

export type ResetPasswordResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type ResetPasswordResponse = ResetPasswordResponses[keyof ResetPasswordResponses];

export type ShowData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/security';
};

export type ShowErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ShowError = ShowErrors[keyof ShowErrors];

export type ShowResponses = {
    /**
     * Successful Response
     */
    200: Security;
};

export type ShowResponse = ShowResponses[keyof ShowResponses];

export type ListSessionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/sessions';
};

export type ListSessionsErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListSessionsError = ListSessionsErrors[keyof ListSessionsErrors];

export type ListSessionsResponses = {
    /**
     * Response List Sessions Api Auth Sessions Get
     *
     * Successful Response
     */
    200: Array<Session>;
};

export type ListSessionsResponse = ListSessionsResponses[keyof ListSessionsResponses];

export type EndSessionData = {
    body?: never;
    path: {
        /**
         * Session Id
         */
        session_id: string;
    };
    query?: never;
    url: '/api/auth/sessions/{session_id}';
};

export type EndSessionErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type EndSessionError = EndSessionErrors[keyof EndSessionErrors];

export type EndSessionResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type EndSessionResponse = EndSessionResponses[keyof EndSessionResponses];

export type TokenData = {
    body: BodyTokenApiAuthTokenPost;
    path?: never;
    query?: never;
    url: '/api/auth/token';
};

export type TokenErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type TokenError = TokenErrors[keyof TokenErrors];

export type TokenResponses = {
    /**
     * Successful Response
     */
    200: Tokens;
    /**
     * The password is right; a code has to follow.
     */
    202: Pending;
};

export type TokenResponse = TokenResponses[keyof TokenResponses];

export type RemoveData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/totp';
};

export type RemoveErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type RemoveError = RemoveErrors[keyof RemoveErrors];

export type RemoveResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type RemoveResponse = RemoveResponses[keyof RemoveResponses];

export type EnrolData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/totp';
};

export type EnrolErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type EnrolError = EnrolErrors[keyof EnrolErrors];

export type EnrolResponses = {
    /**
     * Successful Response
     */
    201: Enrolment;
};

export type EnrolResponse = EnrolResponses[keyof EnrolResponses];

export type ConfirmData = {
    body: CodeOnly;
    path?: never;
    query?: never;
    url: '/api/auth/totp/confirm';
};

export type ConfirmErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ConfirmError = ConfirmErrors[keyof ConfirmErrors];

export type ConfirmResponses = {
    /**
     * Successful Response
     */
    200: RecoveryCodes;
};

export type ConfirmResponse = ConfirmResponses[keyof ConfirmResponses];

export type VerifyEmailData = {
    body: TokenOnly;
    path?: never;
    query?: never;
    url: '/api/auth/verify-email';
};

export type VerifyEmailErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type VerifyEmailError = VerifyEmailErrors[keyof VerifyEmailErrors];

export type VerifyEmailResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type VerifyEmailResponse = VerifyEmailResponses[keyof VerifyEmailResponses];

export type ResendVerificationData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/verify-email/resend';
};

export type ResendVerificationErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type ResendVerificationError = ResendVerificationErrors[keyof ResendVerificationErrors];

export type ResendVerificationResponses = {
    /**
     * Successful Response
     */
    202: unknown;
};

export type GetChangesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Since
         */
        since?: number;
        /**
         * Limit
         */
        limit?: number;
    };
    url: '/api/changes';
};

export type GetChangesErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type GetChangesError = GetChangesErrors[keyof GetChangesErrors];

export type GetChangesResponses = {
    /**
     * Successful Response
     */
    200: Changes;
};

export type GetChangesResponse = GetChangesResponses[keyof GetChangesResponses];

export type ListCommandsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Since
         *
         * A number of the user's sequence, or an instant
         */
        since?: number | string;
        /**
         * Before
         */
        before?: number;
        /**
         * Limit
         */
        limit?: number;
    };
    url: '/api/commands';
};

export type ListCommandsErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListCommandsError = ListCommandsErrors[keyof ListCommandsErrors];

export type ListCommandsResponses = {
    /**
     * Response List Commands Api Commands Get
     *
     * Successful Response
     */
    200: Array<ListedCommand>;
};

export type ListCommandsResponse = ListCommandsResponses[keyof ListCommandsResponses];

export type UndoAllOfData = {
    body: UndoRequest;
    headers?: {
        /**
         * The same key again within 24 hours gives the same answer again.
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        /**
         * Force
         */
        force?: boolean;
    };
    url: '/api/commands/undo';
};

export type UndoAllOfErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type UndoAllOfError = UndoAllOfErrors[keyof UndoAllOfErrors];

export type UndoAllOfResponses = {
    /**
     * Successful Response
     */
    200: Undone;
};

export type UndoAllOfResponse = UndoAllOfResponses[keyof UndoAllOfResponses];

export type UndoCommandData = {
    body?: never;
    headers?: {
        /**
         * The same key again within 24 hours gives the same answer again.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Command Id
         */
        command_id: string;
    };
    query?: {
        /**
         * Force
         */
        force?: boolean;
    };
    url: '/api/commands/{command_id}/undo';
};

export type UndoCommandErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type UndoCommandError = UndoCommandErrors[keyof UndoCommandErrors];

export type UndoCommandResponses = {
    /**
     * Successful Response
     */
    200: Undone;
};

export type UndoCommandResponse = UndoCommandResponses[keyof UndoCommandResponses];

export type StreamEventsData = {
    body?: never;
    headers?: {
        'Last-Event-ID'?: number;
    };
    path?: never;
    query?: {
        since?: number;
    };
    url: '/api/events/stream';
};

export type StreamEventsResponses = {
    /**
     * OK
     */
    200: string;
};

export type StreamEventsResponse = StreamEventsResponses[keyof StreamEventsResponses];

export type ExportTodosData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Format
         */
        format?: 'json' | 'csv';
    };
    url: '/api/export';
};

export type ExportTodosErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ExportTodosError = ExportTodosErrors[keyof ExportTodosErrors];

export type ExportTodosResponses = {
    /**
     * Response Export Todos Api Export Get
     *
     * Successful Response
     */
    200: Array<Todo>;
};

export type ExportTodosResponse = ExportTodosResponses[keyof ExportTodosResponses];

export type ListFiltersData = {
    body?: never;
    headers?: {
        /**
         * Answer 304 when this ETag still holds.
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/filters';
};

export type ListFiltersErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListFiltersError = ListFiltersErrors[keyof ListFiltersErrors];

export type ListFiltersResponses = {
    /**
     * Response List Filters Api Filters Get
     *
     * Successful Response
     */
    200: Array<Filter>;
};

export type ListFiltersResponse = ListFiltersResponses[keyof ListFiltersResponses];

export type CreateFilterData = {
    body: NewFilterWritable;
    headers?: {
        /**
         * The same key again within 24 hours gives the same answer again.
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/filters';
};

export type CreateFilterErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type CreateFilterError = CreateFilterErrors[keyof CreateFilterErrors];

export type CreateFilterResponses = {
    /**
     * Successful Response
     */
    201: Filter;
};

export type CreateFilterResponse = CreateFilterResponses[keyof CreateFilterResponses];

export type DeleteFilterData = {
    body?: never;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Filter Id
         */
        filter_id: string;
    };
    query?: never;
    url: '/api/filters/{filter_id}';
};

export type DeleteFilterErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type DeleteFilterError = DeleteFilterErrors[keyof DeleteFilterErrors];

export type DeleteFilterResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type DeleteFilterResponse = DeleteFilterResponses[keyof DeleteFilterResponses];

export type GetFilterData = {
    body?: never;
    headers?: {
        /**
         * Answer 304 when this ETag still holds.
         */
        'If-None-Match'?: string;
    };
    path: {
        /**
         * Filter Id
         */
        filter_id: string;
    };
    query?: never;
    url: '/api/filters/{filter_id}';
};

export type GetFilterErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type GetFilterError = GetFilterErrors[keyof GetFilterErrors];

export type GetFilterResponses = {
    /**
     * Successful Response
     */
    200: Filter;
};

export type GetFilterResponse = GetFilterResponses[keyof GetFilterResponses];

export type PatchFilterData = {
    body: FilterChangesWritable;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Filter Id
         */
        filter_id: string;
    };
    query?: never;
    url: '/api/filters/{filter_id}';
};

export type PatchFilterErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type PatchFilterError = PatchFilterErrors[keyof PatchFilterErrors];

export type PatchFilterResponses = {
    /**
     * Successful Response
     */
    200: Filter;
};

export type PatchFilterResponse = PatchFilterResponses[keyof PatchFilterResponses];

export type MoveFilterData = {
    body: Move;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Filter Id
         */
        filter_id: string;
    };
    query?: never;
    url: '/api/filters/{filter_id}/move';
};

export type MoveFilterErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type MoveFilterError = MoveFilterErrors[keyof MoveFilterErrors];

export type MoveFilterResponses = {
    /**
     * Successful Response
     */
    200: Filter;
};

export type MoveFilterResponse = MoveFilterResponses[keyof MoveFilterResponses];

export type ImportTodosData = {
    body: Array<{
        [key: string]: unknown;
    }>;
    headers?: {
        /**
         * The same key again within 24 hours gives the same answer again.
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        /**
         * Dry Run
         */
        dry_run?: boolean;
    };
    url: '/api/import';
};

export type ImportTodosErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ImportTodosError = ImportTodosErrors[keyof ImportTodosErrors];

export type ImportTodosResponses = {
    /**
     * Successful Response
     */
    200: ImportReport;
};

export type ImportTodosResponse = ImportTodosResponses[keyof ImportTodosResponses];

export type ListFiredData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Limit
         */
        limit?: number;
    };
    url: '/api/notifications';
};

export type ListFiredErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListFiredError = ListFiredErrors[keyof ListFiredErrors];

export type ListFiredResponses = {
    /**
     * Response List Fired Api Notifications Get
     *
     * Successful Response
     */
    200: Array<FiredReminder>;
};

export type ListFiredResponse = ListFiredResponses[keyof ListFiredResponses];

export type UnsubscribeData = {
    body?: never;
    path?: never;
    query: {
        /**
         * Endpoint
         */
        endpoint: string;
    };
    url: '/api/notifications/push';
};

export type UnsubscribeErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type UnsubscribeError = UnsubscribeErrors[keyof UnsubscribeErrors];

export type UnsubscribeResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type UnsubscribeResponse = UnsubscribeResponses[keyof UnsubscribeResponses];

export type GetPushData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/notifications/push';
};

export type GetPushErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type GetPushError = GetPushErrors[keyof GetPushErrors];

export type GetPushResponses = {
    /**
     * Successful Response
     */
    200: Push;
};

export type GetPushResponse = GetPushResponses[keyof GetPushResponses];

export type SubscribeData = {
    body: NewPush;
    path?: never;
    query?: never;
    url: '/api/notifications/push';
};

export type SubscribeErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type SubscribeError = SubscribeErrors[keyof SubscribeErrors];

export type SubscribeResponses = {
    /**
     * Successful Response
     */
    201: PushSubscription;
};

export type SubscribeResponse = SubscribeResponses[keyof SubscribeResponses];

export type GetSettingsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/notifications/settings';
};

export type GetSettingsErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type GetSettingsError = GetSettingsErrors[keyof GetSettingsErrors];

export type GetSettingsResponses = {
    /**
     * Successful Response
     */
    200: Settings;
};

export type GetSettingsResponse = GetSettingsResponses[keyof GetSettingsResponses];

export type ChangeSettingsData = {
    body: SettingsChange;
    path?: never;
    query?: never;
    url: '/api/notifications/settings';
};

export type ChangeSettingsErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ChangeSettingsError = ChangeSettingsErrors[keyof ChangeSettingsErrors];

export type ChangeSettingsResponses = {
    /**
     * Successful Response
     */
    200: Settings;
};

export type ChangeSettingsResponse = ChangeSettingsResponses[keyof ChangeSettingsResponses];

export type SendTestData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/notifications/test';
};

export type SendTestErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type SendTestError = SendTestErrors[keyof SendTestErrors];

export type SendTestResponses = {
    /**
     * Successful Response
     */
    202: SentTest;
};

export type SendTestResponse = SendTestResponses[keyof SendTestResponses];

export type ListProjectsData = {
    body?: never;
    headers?: {
        /**
         * Answer 304 when this ETag still holds.
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * Status Filter
         */
        status_filter?: 'all' | 'deleted';
        /**
         * As Of
         */
        as_of?: number | string | null;
    };
    url: '/api/projects';
};

export type ListProjectsErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListProjectsError = ListProjectsErrors[keyof ListProjectsErrors];

export type ListProjectsResponses = {
    /**
     * Response List Projects Api Projects Get
     *
     * Successful Response
     */
    200: Array<Project>;
};

export type ListProjectsResponse = ListProjectsResponses[keyof ListProjectsResponses];

export type CreateProjectData = {
    body: NewProjectWritable;
    headers?: {
        /**
         * The same key again within 24 hours gives the same answer again.
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/projects';
};

export type CreateProjectErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type CreateProjectError = CreateProjectErrors[keyof CreateProjectErrors];

export type CreateProjectResponses = {
    /**
     * Successful Response
     */
    201: Project;
};

export type CreateProjectResponse = CreateProjectResponses[keyof CreateProjectResponses];

export type DeleteProjectData = {
    body?: never;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Project Id
         */
        project_id: string;
    };
    query?: {
        /**
         * Permanent
         */
        permanent?: boolean;
    };
    url: '/api/projects/{project_id}';
};

export type DeleteProjectErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type DeleteProjectError = DeleteProjectErrors[keyof DeleteProjectErrors];

export type DeleteProjectResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type DeleteProjectResponse = DeleteProjectResponses[keyof DeleteProjectResponses];

export type GetProjectData = {
    body?: never;
    headers?: {
        /**
         * Answer 304 when this ETag still holds.
         */
        'If-None-Match'?: string;
    };
    path: {
        /**
         * Project Id
         */
        project_id: string;
    };
    query?: never;
    url: '/api/projects/{project_id}';
};

export type GetProjectErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type GetProjectError = GetProjectErrors[keyof GetProjectErrors];

export type GetProjectResponses = {
    /**
     * Successful Response
     */
    200: Project;
};

export type GetProjectResponse = GetProjectResponses[keyof GetProjectResponses];

export type PatchProjectData = {
    body: ProjectChangesWritable;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Project Id
         */
        project_id: string;
    };
    query?: never;
    url: '/api/projects/{project_id}';
};

export type PatchProjectErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type PatchProjectError = PatchProjectErrors[keyof PatchProjectErrors];

export type PatchProjectResponses = {
    /**
     * Successful Response
     */
    200: Project;
};

export type PatchProjectResponse = PatchProjectResponses[keyof PatchProjectResponses];

export type MoveProjectData = {
    body: Move;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Project Id
         */
        project_id: string;
    };
    query?: never;
    url: '/api/projects/{project_id}/move';
};

export type MoveProjectErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type MoveProjectError = MoveProjectErrors[keyof MoveProjectErrors];

export type MoveProjectResponses = {
    /**
     * Successful Response
     */
    200: Project;
};

export type MoveProjectResponse = MoveProjectResponses[keyof MoveProjectResponses];

export type RestoreProjectData = {
    body?: never;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Project Id
         */
        project_id: string;
    };
    query?: never;
    url: '/api/projects/{project_id}/restore';
};

export type RestoreProjectErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type RestoreProjectError = RestoreProjectErrors[keyof RestoreProjectErrors];

export type RestoreProjectResponses = {
    /**
     * Successful Response
     */
    200: Project;
};

export type RestoreProjectResponse = RestoreProjectResponses[keyof RestoreProjectResponses];

export type GetStatsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * As Of
         */
        as_of?: number | string | null;
        /**
         * Time Zone
         */
        time_zone?: string | null;
        /**
         * Min Sequence
         *
         * Wait, at most 2 s, until this change is counted
         */
        min_sequence?: number;
    };
    url: '/api/stats';
};

export type GetStatsErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type GetStatsError = GetStatsErrors[keyof GetStatsErrors];

export type GetStatsResponses = {
    /**
     * Successful Response
     */
    200: Summary;
};

export type GetStatsResponse = GetStatsResponses[keyof GetStatsResponses];

export type GetDailyData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * From
         *
         * By default 30 days up to `to`
         */
        from?: string | null;
        /**
         * To
         *
         * By default today
         */
        to?: string | null;
        /**
         * Time Zone
         */
        time_zone?: string | null;
        /**
         * Min Sequence
         *
         * Wait, at most 2 s, until this change is counted
         */
        min_sequence?: number;
    };
    url: '/api/stats/daily';
};

export type GetDailyErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type GetDailyError = GetDailyErrors[keyof GetDailyErrors];

export type GetDailyResponses = {
    /**
     * Response Get Daily Api Stats Daily Get
     *
     * Successful Response
     */
    200: Array<DayAnswer>;
};

export type GetDailyResponse = GetDailyResponses[keyof GetDailyResponses];

export type SyncTodosData = {
    body: SyncRequest;
    path?: never;
    query?: never;
    url: '/api/sync';
};

export type SyncTodosErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type SyncTodosError = SyncTodosErrors[keyof SyncTodosErrors];

export type SyncTodosResponses = {
    /**
     * Successful Response
     */
    200: SyncAnswer;
};

export type SyncTodosResponse = SyncTodosResponses[keyof SyncTodosResponses];

export type ListTodosData = {
    body?: never;
    headers?: {
        /**
         * Answer 304 when this ETag still holds.
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * Status Filter
         */
        status_filter?: 'all' | 'active' | 'pending' | 'open' | 'available' | 'completed' | 'done' | 'overdue' | 'today' | 'upcoming' | 'deleted';
        /**
         * Q
         */
        q?: string | null;
        /**
         * Priority
         */
        priority?: Array<'none' | 'low' | 'medium' | 'high' | 'urgent'>;
        /**
         * Tag
         *
         * Repeated: all of them. `none` alone: todos without a tag
         */
        tag?: Array<string>;
        /**
         * Due From
         */
        due_from?: string | null;
        /**
         * Due To
         */
        due_to?: string | null;
        /**
         * Updated Since
         */
        updated_since?: string | null;
        /**
         * Project
         */
        project?: string | null;
        /**
         * Parent
         */
        parent?: string | null;
        /**
         * Due
         */
        due?: 'none' | 'any' | null;
        /**
         * Recurring
         */
        recurring?: boolean | null;
        /**
         * Sort
         */
        sort?: 'created_at' | '-created_at' | 'updated_at' | '-updated_at' | 'due_at' | '-due_at' | 'priority' | '-priority' | 'title' | '-title' | 'position' | '-position';
        /**
         * Filter
         */
        filter?: string | null;
        /**
         * As Of
         */
        as_of?: number | string | null;
        /**
         * Limit
         */
        limit?: number;
        /**
         * Cursor
         */
        cursor?: string | null;
    };
    url: '/api/todos';
};

export type ListTodosErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListTodosError = ListTodosErrors[keyof ListTodosErrors];

export type ListTodosResponses = {
    /**
     * Response List Todos Api Todos Get
     *
     * Successful Response
     */
    200: Array<Todo>;
};

export type ListTodosResponse = ListTodosResponses[keyof ListTodosResponses];

export type CreateTodoData = {
    body: NewTodoWritable;
    headers?: {
        /**
         * The same key again within 24 hours gives the same answer again.
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/todos';
};

export type CreateTodoErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type CreateTodoError = CreateTodoErrors[keyof CreateTodoErrors];

export type CreateTodoResponses = {
    /**
     * Successful Response
     */
    201: Todo;
};

export type CreateTodoResponse = CreateTodoResponses[keyof CreateTodoResponses];

export type BulkTodosData = {
    body: BulkRequestWritable;
    headers?: {
        /**
         * The same key again within 24 hours gives the same answer again.
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/todos/bulk';
};

export type BulkTodosErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type BulkTodosError = BulkTodosErrors[keyof BulkTodosErrors];

export type BulkTodosResponses = {
    /**
     * Successful Response
     */
    200: BulkResults;
};

export type BulkTodosResponse = BulkTodosResponses[keyof BulkTodosResponses];

export type QuickAddData = {
    body: QuickAdd;
    headers?: {
        /**
         * The same key again within 24 hours gives the same answer again.
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/todos/quick';
};

export type QuickAddErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Conflict
     */
    409: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type QuickAddError = QuickAddErrors[keyof QuickAddErrors];

export type QuickAddResponses = {
    /**
     * OK
     */
    200: QuickPreview;
    /**
     * Successful Response
     */
    201: Todo;
};

export type QuickAddResponse = QuickAddResponses[keyof QuickAddResponses];

export type RestoreAllData = {
    body: RestoreRequest;
    headers?: {
        /**
         * The same key again within 24 hours gives the same answer again.
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/todos/restore';
};

export type RestoreAllErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type RestoreAllError = RestoreAllErrors[keyof RestoreAllErrors];

export type RestoreAllResponses = {
    /**
     * Successful Response
     */
    200: Restored;
};

export type RestoreAllResponse = RestoreAllResponses[keyof RestoreAllResponses];

export type DeleteTodoData = {
    body?: never;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Todo Id
         */
        todo_id: string;
    };
    query?: {
        /**
         * Permanent
         */
        permanent?: boolean;
    };
    url: '/api/todos/{todo_id}';
};

export type DeleteTodoErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type DeleteTodoError = DeleteTodoErrors[keyof DeleteTodoErrors];

export type DeleteTodoResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type DeleteTodoResponse = DeleteTodoResponses[keyof DeleteTodoResponses];

export type GetTodoData = {
    body?: never;
    headers?: {
        /**
         * Answer 304 when this ETag still holds.
         */
        'If-None-Match'?: string;
    };
    path: {
        /**
         * Todo Id
         */
        todo_id: string;
    };
    query?: {
        /**
         * As Of
         */
        as_of?: number | string | null;
    };
    url: '/api/todos/{todo_id}';
};

export type GetTodoErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type GetTodoError = GetTodoErrors[keyof GetTodoErrors];

export type GetTodoResponses = {
    /**
     * Successful Response
     */
    200: Todo;
};

export type GetTodoResponse = GetTodoResponses[keyof GetTodoResponses];

export type PatchTodoData = {
    body: TodoChangesWritable;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Todo Id
         */
        todo_id: string;
    };
    query?: never;
    url: '/api/todos/{todo_id}';
};

export type PatchTodoErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type PatchTodoError = PatchTodoErrors[keyof PatchTodoErrors];

export type PatchTodoResponses = {
    /**
     * Successful Response
     */
    200: Todo;
};

export type PatchTodoResponse = PatchTodoResponses[keyof PatchTodoResponses];

export type PutTodoData = {
    body: TodoChangesWritable;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Todo Id
         */
        todo_id: string;
    };
    query?: never;
    url: '/api/todos/{todo_id}';
};

export type PutTodoErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type PutTodoError = PutTodoErrors[keyof PutTodoErrors];

export type PutTodoResponses = {
    /**
     * Successful Response
     */
    200: Todo;
};

export type PutTodoResponse = PutTodoResponses[keyof PutTodoResponses];

export type CompleteTodoData = {
    body?: never;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Todo Id
         */
        todo_id: string;
    };
    query?: never;
    url: '/api/todos/{todo_id}/complete';
};

export type CompleteTodoErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type CompleteTodoError = CompleteTodoErrors[keyof CompleteTodoErrors];

export type CompleteTodoResponses = {
    /**
     * Successful Response
     */
    200: Todo;
};

export type CompleteTodoResponse = CompleteTodoResponses[keyof CompleteTodoResponses];

export type GetHistoryData = {
    body?: never;
    path: {
        /**
         * Todo Id
         */
        todo_id: string;
    };
    query?: {
        /**
         * Since
         */
        since?: number;
        /**
         * Limit
         */
        limit?: number;
    };
    url: '/api/todos/{todo_id}/history';
};

export type GetHistoryErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type GetHistoryError = GetHistoryErrors[keyof GetHistoryErrors];

export type GetHistoryResponses = {
    /**
     * Response Get History Api Todos  Todo Id  History Get
     *
     * Successful Response
     */
    200: Array<Change>;
};

export type GetHistoryResponse = GetHistoryResponses[keyof GetHistoryResponses];

export type MoveTodoData = {
    body: MoveTodo;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Todo Id
         */
        todo_id: string;
    };
    query?: never;
    url: '/api/todos/{todo_id}/move';
};

export type MoveTodoErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type MoveTodoError = MoveTodoErrors[keyof MoveTodoErrors];

export type MoveTodoResponses = {
    /**
     * Successful Response
     */
    200: Todo;
};

export type MoveTodoResponse = MoveTodoResponses[keyof MoveTodoResponses];

export type ReopenTodoData = {
    body?: never;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Todo Id
         */
        todo_id: string;
    };
    query?: never;
    url: '/api/todos/{todo_id}/reopen';
};

export type ReopenTodoErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ReopenTodoError = ReopenTodoErrors[keyof ReopenTodoErrors];

export type ReopenTodoResponses = {
    /**
     * Successful Response
     */
    200: Todo;
};

export type ReopenTodoResponse = ReopenTodoResponses[keyof ReopenTodoResponses];

export type RestoreTodoData = {
    body?: never;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Todo Id
         */
        todo_id: string;
    };
    query?: never;
    url: '/api/todos/{todo_id}/restore';
};

export type RestoreTodoErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type RestoreTodoError = RestoreTodoErrors[keyof RestoreTodoErrors];

export type RestoreTodoResponses = {
    /**
     * Successful Response
     */
    200: Todo;
};

export type RestoreTodoResponse = RestoreTodoResponses[keyof RestoreTodoResponses];

export type SkipTodoData = {
    body?: never;
    headers?: {
        /**
         * Only write when the todo is at this version (its ETag); otherwise the answer is 412.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Todo Id
         */
        todo_id: string;
    };
    query?: never;
    url: '/api/todos/{todo_id}/skip';
};

export type SkipTodoErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Precondition Failed
     */
    412: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type SkipTodoError = SkipTodoErrors[keyof SkipTodoErrors];

export type SkipTodoResponses = {
    /**
     * Successful Response
     */
    200: Todo;
};

export type SkipTodoResponse = SkipTodoResponses[keyof SkipTodoResponses];

export type ListTokensData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/tokens';
};

export type ListTokensErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListTokensError = ListTokensErrors[keyof ListTokensErrors];

export type ListTokensResponses = {
    /**
     * Response List Tokens Api Tokens Get
     *
     * Successful Response
     */
    200: Array<ApiToken>;
};

export type ListTokensResponse = ListTokensResponses[keyof ListTokensResponses];

export type CreateTokenData = {
    body: NewApiToken;
    path?: never;
    query?: never;
    url: '/api/tokens';
};

export type CreateTokenErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type CreateTokenError = CreateTokenErrors[keyof CreateTokenErrors];

export type CreateTokenResponses = {
    /**
     * Successful Response
     */
    201: CreatedApiToken;
};

export type CreateTokenResponse = CreateTokenResponses[keyof CreateTokenResponses];

export type EndTokenData = {
    body?: never;
    path: {
        /**
         * Token Id
         */
        token_id: string;
    };
    query?: never;
    url: '/api/tokens/{token_id}';
};

export type EndTokenErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type EndTokenError = EndTokenErrors[keyof EndTokenErrors];

export type EndTokenResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type EndTokenResponse = EndTokenResponses[keyof EndTokenResponses];

export type DeleteMeData = {
    body: Deletion;
    path?: never;
    query?: never;
    url: '/api/users/me';
};

export type DeleteMeErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type DeleteMeError = DeleteMeErrors[keyof DeleteMeErrors];

export type DeleteMeResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type DeleteMeResponse = DeleteMeResponses[keyof DeleteMeResponses];

export type MeData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/users/me';
};

export type MeErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type MeError = MeErrors[keyof MeErrors];

export type MeResponses = {
    /**
     * Successful Response
     */
    200: User;
};

export type MeResponse = MeResponses[keyof MeResponses];

export type UpdateMeData = {
    body: ProfileChange;
    path?: never;
    query?: never;
    url: '/api/users/me';
};

export type UpdateMeErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type UpdateMeError = UpdateMeErrors[keyof UpdateMeErrors];

export type UpdateMeResponses = {
    /**
     * Successful Response
     */
    200: User;
};

export type UpdateMeResponse = UpdateMeResponses[keyof UpdateMeResponses];

export type ListWebhooksData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/webhooks';
};

export type ListWebhooksErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListWebhooksError = ListWebhooksErrors[keyof ListWebhooksErrors];

export type ListWebhooksResponses = {
    /**
     * Response List Webhooks Api Webhooks Get
     *
     * Successful Response
     */
    200: Array<Webhook>;
};

export type ListWebhooksResponse = ListWebhooksResponses[keyof ListWebhooksResponses];

export type CreateWebhookData = {
    body: NewWebhook;
    path?: never;
    query?: never;
    url: '/api/webhooks';
};

export type CreateWebhookErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
    /**
     * Service Unavailable
     */
    503: Problem;
};

export type CreateWebhookError = CreateWebhookErrors[keyof CreateWebhookErrors];

export type CreateWebhookResponses = {
    /**
     * Successful Response
     */
    201: WebhookWithSecret;
};

export type CreateWebhookResponse = CreateWebhookResponses[keyof CreateWebhookResponses];

export type DeleteWebhookData = {
    body?: never;
    path: {
        /**
         * Webhook Id
         */
        webhook_id: string;
    };
    query?: never;
    url: '/api/webhooks/{webhook_id}';
};

export type DeleteWebhookErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type DeleteWebhookError = DeleteWebhookErrors[keyof DeleteWebhookErrors];

export type DeleteWebhookResponses = {
    /**
     * Successful Response
     */
    204: void;
};

export type DeleteWebhookResponse = DeleteWebhookResponses[keyof DeleteWebhookResponses];

export type GetWebhookData = {
    body?: never;
    path: {
        /**
         * Webhook Id
         */
        webhook_id: string;
    };
    query?: never;
    url: '/api/webhooks/{webhook_id}';
};

export type GetWebhookErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type GetWebhookError = GetWebhookErrors[keyof GetWebhookErrors];

export type GetWebhookResponses = {
    /**
     * Successful Response
     */
    200: Webhook;
};

export type GetWebhookResponse = GetWebhookResponses[keyof GetWebhookResponses];

export type ChangeWebhookData = {
    body: WebhookChange;
    path: {
        /**
         * Webhook Id
         */
        webhook_id: string;
    };
    query?: never;
    url: '/api/webhooks/{webhook_id}';
};

export type ChangeWebhookErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ChangeWebhookError = ChangeWebhookErrors[keyof ChangeWebhookErrors];

export type ChangeWebhookResponses = {
    /**
     * Successful Response
     */
    200: Webhook;
};

export type ChangeWebhookResponse = ChangeWebhookResponses[keyof ChangeWebhookResponses];

export type ListDeliveriesData = {
    body?: never;
    path: {
        /**
         * Webhook Id
         */
        webhook_id: string;
    };
    query?: {
        /**
         * Limit
         */
        limit?: number;
    };
    url: '/api/webhooks/{webhook_id}/deliveries';
};

export type ListDeliveriesErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ListDeliveriesError = ListDeliveriesErrors[keyof ListDeliveriesErrors];

export type ListDeliveriesResponses = {
    /**
     * Response List Deliveries Api Webhooks  Webhook Id  Deliveries Get
     *
     * Successful Response
     */
    200: Array<Attempt>;
};

export type ListDeliveriesResponse = ListDeliveriesResponses[keyof ListDeliveriesResponses];

export type ReplayData = {
    body: Replay;
    path: {
        /**
         * Webhook Id
         */
        webhook_id: string;
    };
    query?: never;
    url: '/api/webhooks/{webhook_id}/replay';
};

export type ReplayErrors = {
    /**
     * Bad Request
     */
    400: Problem;
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Request Entity Too Large
     */
    413: Problem;
    /**
     * Unsupported Media Type
     */
    415: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type ReplayError = ReplayErrors[keyof ReplayErrors];

export type ReplayResponses = {
    /**
     * Successful Response
     */
    200: Webhook;
};

export type ReplayResponse = ReplayResponses[keyof ReplayResponses];

export type RotateSecretData = {
    body?: never;
    path: {
        /**
         * Webhook Id
         */
        webhook_id: string;
    };
    query?: never;
    url: '/api/webhooks/{webhook_id}/rotate-secret';
};

export type RotateSecretErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type RotateSecretError = RotateSecretErrors[keyof RotateSecretErrors];

export type RotateSecretResponses = {
    /**
     * Successful Response
     */
    200: WebhookWithSecret;
};

export type RotateSecretResponse = RotateSecretResponses[keyof RotateSecretResponses];

export type TestWebhookData = {
    body?: never;
    path: {
        /**
         * Webhook Id
         */
        webhook_id: string;
    };
    query?: never;
    url: '/api/webhooks/{webhook_id}/test';
};

export type TestWebhookErrors = {
    /**
     * Unauthorized
     */
    401: Problem;
    /**
     * Forbidden
     */
    403: Problem;
    /**
     * Not Found
     */
    404: Problem;
    /**
     * Unprocessable Entity
     */
    422: Problem;
    /**
     * Too Many Requests
     */
    429: Problem;
};

export type TestWebhookError = TestWebhookErrors[keyof TestWebhookErrors];

export type TestWebhookResponses = {
    /**
     * Successful Response
     */
    200: TestResult;
};

export type TestWebhookResponse = TestWebhookResponses[keyof TestWebhookResponses];

export type HealthzData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/healthz';
};

export type HealthzResponses = {
    /**
     * OK
     */
    200: {
        [key: string]: unknown;
    };
};

export type HealthzResponse = HealthzResponses[keyof HealthzResponses];

export type ReadyzData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/readyz';
};

export type ReadyzResponses = {
    /**
     * OK
     */
    200: {
        [key: string]: unknown;
    };
};

export type ReadyzResponse = ReadyzResponses[keyof ReadyzResponses];
