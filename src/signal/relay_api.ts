/** The viewer's side of the relay's HTTP API. */
import * as v from "valibot";
import { SessionId } from "./envelope.ts";

/** The largest request body, in bytes; a relay answers 413 above it. */
export const MAX_BODY_BYTES = 262_144;

/** An RTCIceServer with the fields that are passed on. */
export const IceServer = v.object({
  urls: v.union([v.string(), v.array(v.string())]),
  username: v.optional(v.string()),
  credential: v.optional(v.string()),
});
export type IceServer = v.InferOutput<typeof IceServer>;

/** `GET /api/stream/agents` */
export const AgentList = v.object({
  agents: v.array(v.object({
    agentId: v.string(),
    name: v.string(),
    version: v.string(),
    online: v.boolean(),
  })),
});
export type AgentList = v.InferOutput<typeof AgentList>;

/** `POST /api/stream/sessions`, the request; without `filePath` the session opens the library. */
export const CreateSession = v.object({
  agentId: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(128))),
  filePath: v.optional(v.pipe(v.string(), v.maxLength(4_096))),
});
export type CreateSession = v.InferOutput<typeof CreateSession>;

/** `POST /api/stream/sessions`, the answer; `expiresAt` in milliseconds since 1970. */
export const CreatedSession = v.object({
  sessionId: SessionId,
  agentId: v.string(),
  iceServers: v.array(IceServer),
  expiresAt: v.number(),
});
export type CreatedSession = v.InferOutput<typeof CreatedSession>;

/** Every answer of 400 or above. */
export const ErrorBody = v.object({ error: v.string(), code: v.optional(v.string()) });
export type ErrorBody = v.InferOutput<typeof ErrorBody>;
