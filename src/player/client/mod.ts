/**
 * The viewer's client library: connect to a box through a relay, list what it shares, read files by
 * ranges. No user interface; runs wherever `fetch`, streams and a W3C RTCPeerConnection are.
 *
 * ```ts
 * const session = await connect({ relay: "https://relay.example", token });
 * const file = await session.open("films/a.mp4");
 * for await (const bytes of file.read(0, 1024)) console.log(bytes.byteLength);
 * session.close();
 * ```
 */
export { connect, type ConnectOptions, type ConnectStep } from "./connect.ts";
export { type LinkTrust, linkTrust } from "./link_trust.ts";
export { PlayerError, type PlayerErrorDetails, type PlayerErrorType, toPlayerError } from "./errors.ts";
export type { Family } from "./candidate.ts";
export type { ListEntry, ListPage, SearchEntry, SearchPage } from "../../signal/library_entries.ts";
export type { HeartbeatSettings } from "./heartbeat.ts";
export type { RangeChannel } from "./range_channel.ts";
export type { RangedFile } from "./ranged_file.ts";
export type { RecoverySettings } from "./recovery.ts";
export type { CandidateDetails, ConnectionDetails } from "./connection_details.ts";
export type { PathInfo } from "./path_info.ts";
export type { PeerSettings } from "./peer_settings.ts";
export type { PersistentFile } from "./persistent_file.ts";
export { type PersistentOptions, PersistentSession, type PersistentState } from "./persistent_session.ts";
export { type Agent, listAgents, type RelayAccess } from "./relay_client.ts";
export type { RemoteFile } from "./remote_file.ts";
export type { Session, SessionState } from "./session.ts";
export type { Sights } from "./sights.ts";
export type { Stats } from "./stats.ts";
export type { Trace, TraceName } from "./trace.ts";
