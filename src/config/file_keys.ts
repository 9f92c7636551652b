import * as v from "valibot";
import { LOG_LEVELS } from "../program/logging.ts";
import { CRYPTO_PREFERENCES, MAX_ENGINES, MAX_SESSIONS, MAX_TURN_TTL } from "./values.ts";

// Messages complete the sentence "<key> in <file> …" and hold no value, which may be a secret.

/** A blank text counts as left out. */
const Text = v.pipe(v.string("takes a text"), v.transform((text) => text.trim() || undefined));

const Texts = v.pipe(
  v.array(v.string("takes a list of texts"), "takes a list of texts"),
  v.transform((texts) => texts.map((text) => text.trim()).filter((text) => text !== "")),
);

/** The reference makes a UUID; relays take any id of this length. */
const AgentId = v.pipe(
  v.string("takes a text"),
  v.regex(/^[\w.:-]{0,128}$/, "takes a UUID, or up to 128 letters, digits and . : _ -"),
  v.transform((text) => text || undefined),
);

const AgentName = v.pipe(
  v.string("takes a text"),
  v.maxLength(256, "takes a text of at most 256 characters"),
  v.transform((text) => text.trim() || undefined),
);

function integer(max: number) {
  const message = `takes a whole number from 1 to ${max}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(1, message), v.maxValue(max, message));
}

function oneOf<const T extends readonly string[]>(choices: T) {
  return v.picklist(choices, `takes one of ${choices.map((choice) => `"${choice}"`).join(", ")}`);
}

/**
 * What is read of the configuration file; other keys are ignored. Those of the reference are in
 * control-plane.md, section 9; those under `stream` are this program's own.
 */
export const FILE_KEYS = {
  "auth.api_key": Text,
  "auth.api_url": Text,
  "auth.mirrors": v.pipe(Texts, v.maxLength(16, "takes at most 16 addresses")),
  "agent.id": AgentId,
  "agent.name": AgentName,
  "downloads.dir": Text,
  "downloads.webrtc.enabled": v.boolean("takes true or false"),
  "downloads.webrtc.stun_servers": Texts,
  "downloads.webrtc.turn_servers": Texts,
  "downloads.webrtc.turn_user": Text,
  "downloads.webrtc.turn_pass": Text,
  "organize.movies_dir": Text,
  "organize.tv_shows_dir": Text,
  "library.scan_path": Text,
  "stream.listen": Text,
  "stream.viewer_token_file": Text,
  "stream.store": Text,
  "stream.store_password_file": Text,
  "stream.turn_secret_file": Text,
  "stream.turn_ttl": integer(MAX_TURN_TTL),
  "stream.trust_proxy": v.pipe(Texts, v.maxLength(64, "takes at most 64 addresses")),
  "stream.identity_file": Text,
  "stream.revocation_file": Text,
  "stream.max_sessions": integer(MAX_SESSIONS),
  "stream.engines": integer(MAX_ENGINES),
  "stream.crypto": oneOf(CRYPTO_PREFERENCES),
  "stream.log_level": oneOf(LOG_LEVELS),
} as const;

export type FileKey = keyof typeof FILE_KEYS;
export type FileValue<K extends FileKey> = NonNullable<v.InferOutput<typeof FILE_KEYS[K]>>;

/** Keys whose values nobody else may know. */
export const SECRET_KEYS = ["auth.api_key", "downloads.webrtc.turn_pass"] as const satisfies FileKey[];
