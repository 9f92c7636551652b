import { bad, type Finding, good, none } from "../check.ts";

/** A relay elsewhere, and the key for it. */
export interface AskedRelay {
  /** Without a slash at the end. */
  readonly base: string;
  readonly token: string;
  /** What a sentence calls the place that the key is from. */
  readonly tokenFrom: string;
}

/** For each call, in milliseconds. */
const PATIENCE_MS = 6_000;

const MAX_SKEW_MS = 10 * 60_000;

/** Whether a relay is there, and what its clock says. */
export async function lookAtRelay({ base }: AskedRelay): Promise<{ relay: Finding; clock: Finding }> {
  const unknown = none("the relay did not say what time it is");
  const asked = Date.now();
  let response: Response;
  try {
    response = await get(`${base}/healthz`);
  } catch (error) {
    return { relay: unreachable(error), clock: unknown };
  }
  const date = Date.parse(response.headers.get("date") ?? "");
  const clock = Number.isNaN(date) ? unknown : skewFinding(date - (asked + Date.now()) / 2);
  return { relay: answered(response), clock };
}

/**
 * Whether a relay takes the key: with two calls that only read, of an agent for the messages of a session that
 * there is not, and of a viewer for the list of boxes.
 */
export async function lookAtKey({ base, token, tokenFrom }: AskedRelay): Promise<Finding> {
  const session = `${base}/api/internal/stream/signal/${crypto.randomUUID()}/events`;
  let asAgent: Response;
  let asViewer: Response;
  try {
    [asAgent, asViewer] = await Promise.all([get(session, token), get(`${base}/api/stream/agents`, token)]);
  } catch {
    return none("the relay could not be asked");
  }
  const { status } = asAgent;
  if (status === 401 || status === 403) {
    return bad(
      `the relay refused the one from ${tokenFrom}`,
      "Ask whoever runs the relay for a key for this box, and look for missing or extra characters.",
    );
  }
  if (asViewer.status === 200 && isJson(asViewer)) {
    return bad(
      `the one from ${tokenFrom} is for viewers`,
      "Boxes have keys of their own: ask whoever runs the relay for one.",
    );
  }
  // It knows no such session, and says so to who has a key.
  if (status === 404 && isJson(asAgent)) return good("the relay takes it");
  return none(`the relay did not say (status ${status})`);
}

/** What the difference of two clocks comes to; `ms` is positive where the box is behind. */
export function skewFinding(ms: number): Finding {
  if (Math.abs(ms) <= MAX_SKEW_MS) return good("agrees with the relay's");
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const much = minutes < 120
    ? `${minutes} minutes`
    : minutes < 48 * 60
    ? `${Math.round(minutes / 60)} hours`
    : `${Math.round(minutes / 1_440)} days`;
  return bad(
    `this box is ${much} ${ms > 0 ? "behind" : "ahead of"} the relay`,
    "Let the system set its clock by the network (on Linux: timedatectl set-ntp true).",
  );
}

/** The response, whose body is left unread. */
async function get(url: string, token?: string): Promise<Response> {
  const response = await fetch(url, {
    // A call elsewhere would not have the key: the box must be told the right address.
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  await response.body?.cancel();
  return response;
}

function answered(response: Response): Finding {
  const { status } = response;
  if (status >= 500) {
    return bad(`answers, but with an error (status ${status})`, "Whoever runs it has to look into it.");
  }
  if (status >= 300 && status < 400) {
    return bad("has moved to another address", "Open it in a browser and give the address shown there.");
  }
  if (status === 200 && isJson(response)) return good("answers");
  return none("something answers, perhaps no relay", "Check the address.");
}

/** Pages for people, which any web server has, are none. */
function isJson({ headers }: Response): boolean {
  return /^application\/json\b/i.test(headers.get("content-type") ?? "");
}

function unreachable(error: unknown): Finding {
  const { name, message, cause } = error instanceof Error ? error : new Error(String(error));
  const why = `${message} ${cause instanceof Error ? cause.message : ""}`;
  if (name === "TimeoutError") {
    return bad("does not answer", "Check the address, and that this box is online.");
  }
  if (/dns error|failed to lookup/i.test(why)) {
    return bad("its name is not known", "Check the spelling of its address, and that this box is online.");
  }
  if (/refused/i.test(why)) {
    return bad("nothing listens there", "Check the address and its port, and that the relay runs.");
  }
  if (/certificate|tls|ssl/i.test(why)) {
    return bad(
      "its certificate is not to be trusted",
      "Check the address and this box's clock; else whoever runs the relay has to renew it.",
    );
  }
  return bad("cannot be reached", "Check the address, and that this box is online.");
}
