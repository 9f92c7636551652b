const scope = globalThis as unknown as { postMessage(message: unknown): void };
const post = scope.postMessage;

// deno-lint-ignore no-explicit-any -- any of the thread's messages
scope.postMessage = (message: any) => {
  post(message);
  if (message.event?.session?.filePath !== "agent.bin") return;
  setTimeout(() => {
    throw new Error("as it was asked to");
  }, 0);
};
