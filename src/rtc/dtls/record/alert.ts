/** Alerts (RFC 5246, section 7.2): level u8 · description u8. */
export const ALERT_SIZE = 2;

export const AlertLevel = { WARNING: 1, FATAL: 2 } as const;

export const CLOSE_NOTIFY = 0;

/** How a peer ended the connection: by close_notify, or by a fatal alert of that number. */
export type Ending = { readonly type: "close-notify" } | {
  readonly type: "alert";
  readonly description: number;
};

/** What an alert says about the connection; undefined where it goes on, or the alert is malformed. */
export function ending(alert: Uint8Array): Ending | undefined {
  if (alert.byteLength !== ALERT_SIZE) return undefined;
  const [level, description] = alert as unknown as [number, number];
  if (description === CLOSE_NOTIFY) return { type: "close-notify" };
  // There are two levels; what is not a warning is taken for the worse.
  return level === AlertLevel.WARNING ? undefined : { type: "alert", description };
}

export function closeNotify(): Uint8Array<ArrayBuffer> {
  return new Uint8Array([AlertLevel.WARNING, CLOSE_NOTIFY]);
}
