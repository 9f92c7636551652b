/** An engine that crashes or spins when it is given a session for `crash.bin` or `spin.bin`. */
import "../../../src/serve/engine_thread.ts";

globalThis.addEventListener("message", (event) => {
  const { data } = event as MessageEvent;
  const path = data.command?.session?.filePath;
  if (path === "crash.bin") throw new Error("as it was asked to");
  while (path === "spin.bin");
});
