// How long a claim may take to begin, and how long it may last beyond its run. Clocks decide only when to try.

/** A claim that no run was bound to for this long is given back. Source: reliability notes, T_launch. */
export const LAUNCH_MS_MAX = 15 * 60_000;
/** Time beyond the run's own limit before its lease is over. */
export const LEASE_SLACK_MS = 10 * 60_000;
