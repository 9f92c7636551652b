/**
 * RFC 6928: ten packets, where RFC 9260, section 7.2.1 takes four. Every browser starts data channels with
 * ten; a film's first seconds are what the viewer waits for.
 */
export const INITIAL_PACKETS = 10;
