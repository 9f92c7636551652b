/** Where a Redis is, and who asks it. */
export interface RedisAddress {
  /** `redis:` or `rediss:`, a host, a port, and at most a database as path; no user and no password. */
  readonly url: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}
