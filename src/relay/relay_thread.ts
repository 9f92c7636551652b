/** The module of the relay's thread, where a relay keeps all to itself. */
import { runRelay } from "./relay_body.ts";

runRelay(() => undefined);
