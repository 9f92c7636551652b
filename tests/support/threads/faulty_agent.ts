/** An agent's thread that crashes once it has handed on a session for `agent.bin`. */
import "./faulty_post.ts";
import "../../../src/serve/agent_thread.ts";
