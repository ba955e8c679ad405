// How long a claim may take to begin, and how long it may last beyond its run. Clocks decide only when to try.

/** A claim that no run was bound to for this long is given back. Source: reliability notes, T_launch. */
export const LAUNCH_MS_MAX = 15 * 60_000;
/** Time beyond the run's own limit before its lease is over. */
export const LEASE_SLACK_MS = 10 * 60_000;

const DAY_MS = 24 * 3_600_000;
/** A person's claim lasts this long after their last push or comment. */
export const HUMAN_LEASE_MS = 7 * DAY_MS;
/** When a person is reminded, once, before that. */
export const REMINDER_MS = 6 * DAY_MS;
/** The lease of a local runner, and how much of it may pass before it renews. */
export const LOCAL_LEASE_MS = 30 * 60_000;
export const RENEW_AFTER_MS = 10 * 60_000;
