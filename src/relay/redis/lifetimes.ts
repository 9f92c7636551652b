/** How long keys last that nobody touches, in milliseconds. Rules are kept by the time in a key, not by its end. */

/** A key outlives what it holds by this, so that what counts it can be corrected before it is gone. */
export const GRACE_MS = 60_000;

/** An agent that syncs every 10 s, or every 60 s when it is backing off, is missing after this. */
export const DEPARTED_ROOM_MS = 90_000;

/** A wake that is held counts as open for so long, unless the relay that holds it says that it still does. */
export const WAKE_LEASE_MS = 60_000;

/** A held wake says so again after this. */
export const WAKE_RENEWAL_MS = 20_000;

/** A wake that nobody waited for is kept this long; what it was for has expired by then. */
export const WAKE_LATCH_MS = 600_000;

/** When a viewer called last is remembered this long, and written down at most once in a second. */
export const VIEWER_MS = 600_000;
export const VIEWER_STEP_MS = 1_000;
