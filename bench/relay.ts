/**
 * Load for a relay, and what it makes of it:
 *
 *     deno task bench:relay idle [--agents=20000] [--seconds=60] [--rate=5] [--drivers=2] [--settle=30]
 *     deno task bench:relay storm [--relays=3] [--agents=2000] [--rate=200] [--seconds=60] [--kill-every=10]
 *                                 [--drivers=1] [--seed=1]
 *     deno task bench:relay churn [--households=100] [--sessions-each=168] [--seconds=600]
 *     deno task bench:relay simulate [--agents=60000] [--instances=4] [--starts-a-day=4] [--deaths=1] [--seed=1]
 *                                    [--sync-us=450] [--wake-us=450] [--start-us=6000]
 *
 * `--json=<file>` puts the figures into a report beside those of the other scenarios, `--date=` dates them.
 */
import { runScenario } from "./relay/scenarios.ts";

Deno.exit(await runScenario(Deno.args));
