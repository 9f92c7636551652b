/** How much the tests do, by environment variables; without one, what somebody waits for who has changed something. */

/** `UNARR_TEST_LONG=1`: the largest amounts, for an hour and more. */
export const LONG = Deno.env.get("UNARR_TEST_LONG") === "1";

/** `UNARR_TEST_FULL=1`: nothing is left out, and what is not installed makes tests fail. */
export const FULL = LONG || Deno.env.get("UNARR_TEST_FULL") === "1";
