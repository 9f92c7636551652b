/** Numbers of SCTP (RFC 9260) as it runs over DTLS (RFC 8261). Times in milliseconds, sizes in bytes. */

/** Source port u16 · destination port u16 · verification tag u32 · checksum u32. */
export const COMMON_HEADER_SIZE = 12;

/** Type u8 · flags u8 · length u16. */
export const CHUNK_HEADER_SIZE = 4;

/** Chunk header · TSN u32 · stream u16 · SSN u16 · payload protocol u32. */
export const DATA_HEADER_SIZE = 16;

/**
 * The largest SCTP packet: 1,280, which every IPv6 path carries, less IPv6 40, UDP 8, TURN ChannelData 4 and
 * a DTLS record 37, down to a multiple of 4.
 */
export const MAX_PACKET_SIZE = 1_188;

/**
 * Larger ones that paths often carry, under IPv6 40, UDP 8 and a DTLS record 37: Ethernet's 1,500, the 1,420
 * of tunnels and mobile networks, and 1,345 for one tunnel in another.
 */
export const PACKET_SIZES: readonly number[] = [1_412, 1_332, 1_260];

/** What a peer's packet may be at most; others are dropped unread. */
export const MAX_RECEIVED_PACKET = 65_536;

export const ChunkType = {
  DATA: 0,
  INIT: 1,
  INIT_ACK: 2,
  SACK: 3,
  HEARTBEAT: 4,
  HEARTBEAT_ACK: 5,
  ABORT: 6,
  SHUTDOWN: 7,
  SHUTDOWN_ACK: 8,
  ERROR: 9,
  COOKIE_ECHO: 10,
  COOKIE_ACK: 11,
  SHUTDOWN_COMPLETE: 14,
  RECONFIG: 130,
  /** RFC 4820 */
  PAD: 132,
  FORWARD_TSN: 192,
} as const;

export const ParameterType = {
  HEARTBEAT_INFO: 1,
  STATE_COOKIE: 7,
  UNRECOGNIZED: 8,
  OUTGOING_SSN_RESET: 13,
  INCOMING_SSN_RESET: 14,
  SSN_TSN_RESET: 15,
  RECONFIG_RESPONSE: 16,
  ADD_OUTGOING_STREAMS: 17,
  ADD_INCOMING_STREAMS: 18,
  /** RFC 9653 */
  ZERO_CHECKSUM: 0x8001,
  SUPPORTED_EXTENSIONS: 0x8008,
  FORWARD_TSN_SUPPORTED: 0xc000,
} as const;

/** Flags of DATA: the message begins, ends, is out of order, wants a SACK at once (RFC 7053). */
export const DataFlag = { END: 1, BEGIN: 2, UNORDERED: 4, IMMEDIATE: 8 } as const;

/** Error detection method of RFC 9653: the lower layer is DTLS. */
export const EDMID_DTLS = 1;

/** Bounds of what is worth having queued, in bytes: a short path must not run dry, a long one not delay a seek. */
export const SEND_MARK_MIN = 65_536;
export const SEND_MARK_MAX = 4 * 1_048_576;

/** Streams offered each way; a peer may use fewer. */
export const STREAMS = 1_024;

/** Before a round trip was measured (RFC 9260 says 1 s). */
export const RTO_INITIAL = 1_000;

/**
 * RFC 9260 says 1 s for paths where a delayed SACK may take 200 ms and clocks are coarse. Here both are
 * finer, and the tail probe comes first: 400 ms leaves a delayed SACK its 200 ms twice over.
 */
export const RTO_MIN = 400;
export const RTO_MAX = 10_000;

/**
 * What doubling takes the timeout to at most, where the round trip itself is not longer. A film waits so
 * long after its path has come back, and one packet a second burdens no path (RFC 9260 says 60 s).
 */
export const RTO_BACKED_OFF = 1_000;

/** A SACK is held back for a second packet at most this long. */
export const SACK_DELAY = 40;

/** Timeouts in a row before the association has failed: longer than a session waits for its path. */
export const MAX_RETRANSMISSIONS = 40;

/** Retransmissions of INIT or COOKIE-ECHO before the association has failed. */
export const MAX_INIT_RETRANSMISSIONS = 10;

/** Between heartbeats on an idle association. */
export const HEARTBEAT_INTERVAL = 30_000;

/** What this side buffers for the peer's messages: a viewer sends requests and little else. */
export const RECEIVE_WINDOW = 262_144;

/** The peer's window is believed up to this. */
export const MAX_PEER_WINDOW = 16 * 1_048_576;
