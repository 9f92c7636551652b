/** The module of the agent's thread. */
import { holdInstance } from "../life/instance_guard.ts";
import { runThread } from "../thread/thread.ts";
import { Agent } from "./agent.ts";
import { AGENT_CONFINEMENT, type AgentDialogue, isAgentEvent } from "./agent_messages.ts";
import { log } from "./log.ts";

runThread<AgentDialogue>({
  confinement: () => AGENT_CONFINEMENT,
  start: async ({ instance, ...options }, emit) => {
    await holdInstance(instance);
    const agent = new Agent({
      ...options,
      onsession: (session) => {
        const event = { type: "session", session } as const;
        // What main would not take from this thread, the relay must not bring it to say.
        if (isAgentEvent(event)) emit(event);
        else log.warn("a session whose fields are too long was ignored");
      },
      onrefused: ({ status, message }) => emit({ type: "refused", status, message }),
      onregistered: () => emit({ type: "registered" }),
      onwoken: () => emit({ type: "woken" }),
    });
    agent.start();
    return { ready: undefined, command: () => agent.quiet(), stop: () => agent.stop() };
  },
});
