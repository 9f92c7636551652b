import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { fittingFormat, formatter, LOG_FORMATS } from "../../src/program/log_format.ts";

/** A record as LogTape makes it of a message with one value. */
function record(level: LogRecord["level"], value: unknown): LogRecord {
  return {
    category: ["unarr", "serve"],
    level,
    timestamp: Date.UTC(2026, 0, 2, 3, 4, 5, 67),
    message: ["refused ", value, " today"],
    rawMessage: "refused {what} today",
    properties: { what: value },
  };
}

Deno.test("log format: text has the time in UTC, the level and the message", () => {
  assert.equal(
    formatter("text", false)(record("warning", "a.mkv")),
    "2026-01-02T03:04:05.067Z warning refused a.mkv today\n",
  );
  assert.equal(
    formatter("text", true)(record("warning", "a.mkv")),
    "2026-01-02T03:04:05.067Z \u001b[33mwarning\u001b[0m refused a.mkv today\n",
  );
  assert.match(formatter("text", false)(record("info", { a: [1] })), / info refused \{"a":\[1\]\} today\n$/);
});

Deno.test("log format: the journal gets the priority in place of time and level", () => {
  const journal = formatter("journal", true);
  const levels = ["debug", "info", "warning", "error", "fatal"] as const;
  assert.deepEqual(
    levels.map((level) => journal(record(level, "x"))),
    [7, 6, 4, 3, 2].map((priority) => `<${priority}>refused x today\n`),
  );
});

Deno.test("log format: JSON is one object a line, with the values beside the message", () => {
  const line = formatter("json", true)(record("warning", "a.mkv"));
  assert.deepEqual(JSON.parse(line), {
    time: "2026-01-02T03:04:05.067Z",
    level: "warning",
    logger: "unarr.serve",
    message: "refused a.mkv today",
    properties: { what: "a.mkv" },
  });
});

Deno.test("log format: no value makes a second line or reaches the terminal", () => {
  const controls = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)).join("");
  const hostile =
    `x\n2026-01-01T00:00:00.000Z error forged\r\n<0>forged${controls}\u007f\u0085\u009b2J\u2028\u2029`;
  for (const format of LOG_FORMATS) {
    for (const value of [hostile, new Error(hostile), { [hostile]: hostile }]) {
      const line = formatter(format, false)(record("info", value));
      assert.ok(line.endsWith("\n"));
      // deno-lint-ignore no-control-regex -- none of these may be left
      assert.doesNotMatch(line.slice(0, -1), /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/, format);
    }
    // What a thread sent as the text between values is no safer.
    const text = formatter(format, false)({ ...record("info", "x"), message: [hostile] });
    assert.equal(text.trimEnd().split("\n").length, 1, format);
  }
  const { message } = JSON.parse(formatter("json", false)(record("info", hostile)));
  assert.equal(message, `refused ${hostile} today`, "JSON gives the value back as it was");
});

Deno.test("log format: a terminal gets text, others JSON unless standard error is the journal's", () => {
  assert.equal(fittingFormat({ terminal: true, journalStream: undefined }), "text");
  assert.equal(fittingFormat({ terminal: true, journalStream: "9:1" }), "text");
  assert.equal(fittingFormat({ terminal: false, journalStream: undefined }), "json");
  assert.equal(fittingFormat({ terminal: false, journalStream: "9:1" }), "json", "another's journal");
});
