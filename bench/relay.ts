/**
 * Load for a relay, and what it makes of it:
 *
 *     deno task bench:relay idle [--agents=20000] [--seconds=60] [--rate=5] [--drivers=2] [--settle=30]
 *     deno task bench:relay storm [--relays=3] [--agents=2000] [--rate=200] [--seconds=60] [--kill-every=10]
 *                                 [--drivers=1] [--seed=1]
 *     deno task bench:relay churn [--households=100] [--sessions-each=168] [--seconds=600]
 *
 * `--json=<file>` puts the figures into a report beside those of the other scenarios, `--date=` dates them.
 */
import { runScenario } from "./relay/scenarios.ts";

Deno.exit(await runScenario(Deno.args));
