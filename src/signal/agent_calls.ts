import { retryAfterMs } from "./backoff.ts";
import { failureText } from "./failure_text.ts";
import { isPassingError, isPassingStatus, type MirrorPool } from "./mirrors.ts";

/** The largest answer that is read, in bytes. */
const MAX_ANSWER_BYTES = 1_048_576;

/** What a relay answered. */
export interface Answer {
  /** Address of the relay that did. */
  readonly base: string;
  readonly status: number;
  readonly text: string;
  /** Its JSON, or undefined where it is none. */
  readonly value: unknown;
  /** `Retry-After`, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** Whether a relay did what it was asked; what is no JSON comes from something else than a relay. */
export function isSuccess({ status, value }: Answer): boolean {
  return status < 300 && value !== undefined;
}

/** Whether the key was refused. */
export function isRefusal({ status }: Answer): boolean {
  return status === 401 || status === 403;
}

/** What a log says of an answer that is no success. */
export function failureOf({ status }: Answer): string {
  return status < 300 ? "the answer is not what it should be" : `status ${status}`;
}

export interface AgentCallsOptions {
  readonly token: string;
  /** `User-Agent` */
  readonly userAgent: string;
  /** One request, in milliseconds. */
  readonly timeoutMs: number;
  readonly probeTimeoutMs: number;
  /** For the debug log. */
  readonly log: (message: string) => void;
}

/** The agent's requests, to the mirror that is current. */
export class AgentCalls {
  readonly #pool: MirrorPool;
  readonly #options: AgentCallsOptions;

  constructor(pool: MirrorPool, options: AgentCallsOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /**
   * POSTs `body`. What fails in a passing way is tried at the next mirror, once at each.
   *
   * @throws what `fetch` throws, of the last mirror
   */
  async post(name: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    const tried = new Set<string>();
    for (;;) {
      const base = this.#pool.current;
      tried.add(base);
      try {
        const timeout = AbortSignal.timeout(this.#options.timeoutMs);
        const answer = await this.#request(base, name, AbortSignal.any([signal, timeout]), body);
        if (!isPassingStatus(answer.status)) return answer;
        this.#failed(base, `${name}: status ${answer.status}`);
        if (tried.has(this.#pool.current)) return answer;
      } catch (error) {
        if (signal.aborted || !isPassingError(error)) throw error;
        this.#failed(base, `${name}: ${failureText(error)}`);
        if (tried.has(this.#pool.current)) throw error;
      }
    }
  }

  /**
   * GETs from the current mirror, which stays current whatever comes of it: a proxy that cuts idle connections
   * is to lead no other call away.
   *
   * @throws what `fetch` throws
   */
  get(name: string, signal: AbortSignal): Promise<Answer> {
    return this.#request(this.#pool.current, name, signal);
  }

  /** Back to the first mirror where it is time for that and the first is well; who asks it shows no key. */
  async returnToFirst(signal: AbortSignal): Promise<void> {
    if (!this.#pool.isProbeDue(performance.now())) return;
    let isWell = false;
    try {
      const response = await fetch(`${this.#pool.first}/healthz`, {
        headers: { "user-agent": this.#options.userAgent },
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#options.probeTimeoutMs)]),
      });
      isWell = response.ok;
      await response.body?.cancel();
    } catch (error) {
      this.#options.log(`the first mirror: ${failureText(error)}`);
    }
    this.#pool.probed(isWell, performance.now());
  }

  #failed(base: string, reason: string): void {
    this.#pool.failed(base, performance.now());
    if (this.#pool.current !== base) this.#options.log(`${reason}; the next mirror is asked`);
  }

  async #request(base: string, name: string, signal: AbortSignal, body?: unknown): Promise<Answer> {
    const { token, userAgent } = this.#options;
    const response = await fetch(`${base}/api/internal/agent/${name}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "user-agent": userAgent,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    });
    const text = await readBounded(response, MAX_ANSWER_BYTES);
    return { base, status: response.status, text, value: jsonOf(text), retryAfterMs: retryAfterMs(response) };
  }
}

/** The body as text; an answer over `limit` bytes is cut, and so no longer JSON. */
async function readBounded(response: Response, limit: number): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > limit) break;
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
