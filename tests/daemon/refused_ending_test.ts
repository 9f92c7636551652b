import assert from "node:assert/strict";
import { type Ending, PatientEnding, refusedEnding } from "../../src/daemon/refused_ending.ts";

const FILE = { kind: "file", name: "auth.api_key in config.toml" } as const;

Deno.test("refused: each status has its sentence and its code, and the relay's words where they help", () => {
  const of = (status: number, message: string) => {
    const ending = refusedEnding(status, message, FILE);
    return [ending.exitCode, ending.message];
  };
  assert.deepEqual(of(401, "The token is not known here."), [
    77,
    "the relay refused the key from auth.api_key in config.toml",
  ]);
  assert.deepEqual(of(403, "Another token has registered this agentId."), [
    77,
    "the key from auth.api_key in config.toml may not register this agent: Another token has registered this agentId.",
  ]);
  assert.deepEqual(of(403, ""), [77, "the key from auth.api_key in config.toml may not register this agent"]);
  assert.deepEqual(of(404, "no such call"), [1, "the relay refused the agent with status 404: no such call"]);
  assert.equal(refusedEnding(401, "", undefined).message, "the relay refused the key of this run");
});

Deno.test("refused: the end waits for the last session, and comes once", () => {
  const ending: Ending = { message: "no", exitCode: 77 };
  const ends: Ending[] = [];
  let sessions = 2;
  const patient = new PatientEnding(() => sessions, (end) => ends.push(end));
  patient.check();
  patient.begin(ending);
  sessions = 1;
  patient.check();
  assert.deepEqual(ends, []);
  sessions = 0;
  patient.check();
  patient.check();
  assert.deepEqual(ends, [ending]);
  const unwatched: Ending[] = [];
  new PatientEnding(() => 0, (end) => unwatched.push(end)).begin(ending);
  assert.deepEqual(unwatched, [ending]);
});
