/** Request bodies: read up to a bound and no further, then checked against a schema. */
import { MAX_BODY_BYTES } from "../signal/relay_api.ts";
import * as v from "valibot";
import { RelayError } from "./errors.ts";

function tooLarge(): RelayError {
  // The rest of the body is not read, so the connection cannot be used again.
  return new RelayError(413, "body-too-large", `A body has at most ${MAX_BODY_BYTES} bytes.`, {
    headers: { Connection: "close" },
  });
}

/**
 * The body's bytes. Reading stops at the bound, whatever `Content-Length` says or leaves out.
 *
 * @throws RelayError 413 above {@link MAX_BODY_BYTES}, 408 when it takes longer than `timeout` milliseconds
 */
async function readBounded(request: Request, timeout: number): Promise<Uint8Array> {
  if (Number(request.headers.get("Content-Length") ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => {});
  }, timeout);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (late) {
        throw new RelayError(408, "body-too-slow", "The body did not arrive in time.", {
          headers: { Connection: "close" },
        });
      }
      if (done) break;
      size += value.byteLength;
      if (size > MAX_BODY_BYTES) {
        reader.cancel().catch(() => {});
        throw tooLarge();
      }
      chunks.push(value);
    }
  } catch (error) {
    if (error instanceof RelayError) throw error;
    throw new RelayError(400, "bad-body", "The body ended early.");
  } finally {
    clearTimeout(timer);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/**
 * The request's JSON body as `schema`. The sentence of a 400 names the field, and never repeats its value.
 *
 * @throws RelayError 400, 408 or 413
 */
export async function readJson<const S extends v.GenericSchema>(
  request: Request,
  schema: S,
  timeout: number,
): Promise<v.InferOutput<S>> {
  const bytes = await readBounded(request, timeout);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new RelayError(400, "bad-json", "The body is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RelayError(400, "bad-body", "The body must be a JSON object.");
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const expected = issue.expected === null ? "" : `: expected ${issue.expected}`;
  const field = v.getDotPath(issue) ?? "(body)";
  throw new RelayError(400, "bad-field", `The field "${field}" is missing or wrong${expected}.`);
}
