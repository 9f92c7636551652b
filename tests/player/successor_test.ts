/// <reference lib="dom" />
import assert from "node:assert/strict";
import { PlayerError, type Session } from "../../src/player/client/mod.ts";
import { successor } from "../../src/player/client/successor.ts";

/** The part of a session that is looked at: its state, its reason, its events. */
class Stage extends EventTarget {
  readonly sessionId = "s";
  state: Session["state"] = "open";
  error: PlayerError | undefined;

  enter(state: Session["state"], error?: PlayerError): void {
    this.state = state;
    this.error = error;
    this.dispatchEvent(new Event("statechange"));
  }

  doubt(): void {
    this.dispatchEvent(new Event("doubt"));
  }

  get session(): Session {
    return this as unknown as Session;
  }
}

/** An attempt that a test ends as it likes, and whether it was stopped. */
function attempts() {
  const made: { done: PromiseWithResolvers<Session | PlayerError>; stop: AbortSignal }[] = [];
  let told = () => {};
  return {
    made,
    connect: (stop: AbortSignal) => {
      const done = Promise.withResolvers<Session | PlayerError>();
      made.push({ done, stop });
      told();
      return done.promise;
    },
    /** Resolves when there have been so many. */
    until: async (count: number) => {
      while (made.length < count) await new Promise<void>((resolve) => told = resolve);
    },
  };
}

const LOST = new PlayerError("connection-lost", "Lost.");
const OFFLINE = new PlayerError("agent-offline", "Offline.");

Deno.test("a session that ends without a doubt has no successor", async () => {
  const stage = new Stage();
  const { connect, made } = attempts();
  const next = successor(stage.session, connect);
  stage.enter("interrupted");
  stage.enter("closed", LOST);
  assert.equal(await next, LOST);
  assert.equal(made.length, 0);
});

Deno.test("a doubt leads to another session beside it, which takes its place", async () => {
  const stage = new Stage();
  const { connect, made, until } = attempts();
  const next = successor(stage.session, connect);
  stage.enter("interrupted");
  stage.doubt();
  await until(1);
  const other = new Stage().session;
  made[0]!.done.resolve(other);
  assert.equal(await next, other);
  assert.equal(stage.state, "interrupted", "it is closed by whoever has the next one");
});

Deno.test("an interruption that passes stops the attempt, and the next doubt makes another", async () => {
  const stage = new Stage();
  const { connect, made, until } = attempts();
  const next = successor(stage.session, connect);
  stage.enter("interrupted");
  stage.doubt();
  await until(1);
  const stopped = new Promise((resolve) => made[0]!.stop.addEventListener("abort", resolve));
  stage.enter("open");
  await stopped;
  stage.enter("interrupted");
  while (made.length < 2) {
    stage.doubt();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  stage.enter("closed", LOST);
  made[1]!.done.resolve(OFFLINE);
  assert.equal(await next, LOST);
});

Deno.test("an attempt outlives the session, and one that fails is made again while it is interrupted", async () => {
  const stage = new Stage();
  const { connect, made, until } = attempts();
  const next = successor(stage.session, connect);
  stage.enter("interrupted");
  stage.doubt();
  await until(1);
  made[0]!.done.resolve(OFFLINE);
  await until(2);
  stage.enter("closed", LOST);
  const other = new Stage().session;
  made[1]!.done.resolve(other);
  assert.equal(await next, other);
});

Deno.test("where the box is not believed there is no second attempt, and the interruption may pass", async () => {
  const stage = new Stage();
  const { connect, made, until } = attempts();
  const next = successor(stage.session, connect);
  stage.enter("interrupted");
  stage.doubt();
  await until(1);
  const refused = new PlayerError("not-trusted", "Not your box.");
  made[0]!.done.resolve(refused);
  await made[0]!.done.promise;
  // Longer than the pause before another attempt.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assert.equal(made.length, 1);
  stage.enter("open");
  stage.enter("interrupted");
  while (made.length < 2) {
    stage.doubt();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  made[1]!.done.resolve(refused);
  await made[1]!.done.promise;
  await new Promise((resolve) => setTimeout(resolve, 0));
  stage.enter("closed", LOST);
  assert.equal(await next, refused, "which says more than that the session is over");
});
