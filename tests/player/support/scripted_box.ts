/// <reference lib="dom" />
import { createRelay, type RelayService } from "../../../src/relay/app.ts";
import { SyncResponse } from "../../../src/signal/agent_api.ts";
import type { Envelope } from "../../../src/signal/envelope.ts";
import { SignalLink } from "../../../src/signal/link.ts";
import { signAnswer } from "../../../src/trust/answer_identity.ts";
import type { BoxKey } from "../../../src/trust/box_key.ts";
import * as v from "valibot";
import { Engine } from "./engines.ts";

const AGENT = "agent-token-0123456789abcdef0123";
const VIEWER = "viewer-token-0123456789abcdef012";

/** A real relay over HTTP, and agents that do what a test tells them. */
export class ScriptedRelay implements AsyncDisposable {
  readonly base: string;
  readonly access: { relay: string; token: string };
  readonly #relay: RelayService;
  readonly #server: Deno.HttpServer;
  readonly #boxes: ScriptedBox[] = [];

  constructor() {
    this.#relay = createRelay({ agentTokens: [AGENT], viewerTokens: [VIEWER] });
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (r) => this.#relay.fetch(r));
    this.base = `http://127.0.0.1:${(this.#server.addr as Deno.NetAddr).port}`;
    this.access = { relay: this.base, token: VIEWER };
  }

  async call(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${this.base}/api/internal/agent/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${AGENT}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return await response.json();
  }

  /** Makes an agent known, and has it call in unless it is to be offline. */
  async register(agentId: string, { name = "Attic", online = true } = {}): Promise<void> {
    await this.call("register", { agentId, name, version: "1.0.0" });
    if (online) await this.call("sync", { agentId });
  }

  /** The next session a viewer opens on this agent. */
  async session(agentId: string): Promise<ScriptedBox> {
    while (true) {
      const answer = v.parse(SyncResponse, await this.call("sync", { agentId }));
      const [session] = (answer.webrtcSessions ?? []) as { sessionId: string }[];
      if (session && !this.#boxes.some((box) => box.sessionId === session.sessionId)) {
        const box = new ScriptedBox(this.base, session.sessionId);
        this.#boxes.push(box);
        return box;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const box of this.#boxes) box.close();
    this.#relay.close();
    await this.#server.shutdown();
  }
}

/** The payload of an answer. */
export interface AnswerSent {
  readonly type: string;
  readonly sdp: string;
  readonly identity?: unknown;
}

/** The agent's side of one session. */
export class ScriptedBox {
  readonly sessionId: string;
  readonly connection = new Engine();
  readonly link: SignalLink;
  /** Resolves with the viewer's first channel, open. */
  readonly channel: Promise<RTCDataChannel>;
  /** Every message of the viewer. */
  readonly messages: Envelope[] = [];
  readonly offered: Promise<Envelope>;
  /** Resolves when the viewer has said goodbye. */
  readonly left: Promise<void>;
  /** Signs its answers with this. */
  key: BoxKey | undefined;
  /** How far its clock is ahead, in milliseconds. */
  ahead = 0;
  /** What becomes of its answers on their way. */
  change: (answer: AnswerSent) => AnswerSent = (answer) => answer;
  readonly #candidates: RTCIceCandidateInit[] = [];
  #described = false;

  constructor(base: string, sessionId: string) {
    this.sessionId = sessionId;
    this.link = new SignalLink({ base, token: AGENT, sessionId, role: "agent" });
    this.channel = new Promise((resolve) => {
      this.connection.ondatachannel = ({ channel }) => {
        channel.binaryType = "arraybuffer";
        if (channel.readyState === "open") resolve(channel);
        else channel.onopen = () => resolve(channel);
      };
    });
    let offered!: (envelope: Envelope) => void;
    let left!: () => void;
    this.offered = new Promise((resolve) => offered = resolve);
    this.left = new Promise((resolve) => left = resolve);
    this.link.onmessage = (envelope) => {
      this.messages.push(envelope);
      if (envelope.type === "offer") offered(envelope);
      if (envelope.type === "bye") left();
      if (envelope.type === "candidate") this.#candidate(JSON.parse(envelope.payload));
    };
    this.link.start();
  }

  /** Answers the offer. Candidates go out before the answer, to see that the viewer waits for it. */
  async answer(): Promise<void> {
    const offer = await this.offered;
    const own: RTCIceCandidate[] = [];
    const gathered = new Promise<void>((resolve) => {
      this.connection.onicecandidate = ({ candidate }) => candidate ? own.push(candidate) : resolve();
    });
    await this.connection.setRemoteDescription(JSON.parse(offer.payload));
    for (const candidate of this.#candidates.splice(0)) await this.connection.addIceCandidate(candidate);
    this.#described = true;
    await this.connection.setLocalDescription(await this.connection.createAnswer());
    await gathered;
    for (const candidate of own) this.link.send("candidate", JSON.stringify(candidate));
    this.link.send("candidate", "not JSON");
    this.link.send("candidate-end", "");
    const answer = this.#answerTo(offer);
    this.link.send("answer", answer);
    this.link.send("answer", answer);
    this.link.send("answer", JSON.stringify({ type: "answer", sdp: "v=0\r\nthis is no answer" }));
    this.link.send("of-a-later-version", "");
  }

  /** Answers the viewer's latest offer once more, as after an ICE restart. */
  async answerAgain(): Promise<void> {
    const offer = this.messages.findLast(({ type }) => type === "offer")!;
    this.connection.onicecandidate = ({ candidate }) => {
      if (candidate) this.link.send("candidate", JSON.stringify(candidate));
    };
    await this.connection.setRemoteDescription(JSON.parse(offer.payload));
    await this.connection.setLocalDescription(await this.connection.createAnswer());
    this.link.send("answer", this.#answerTo(offer));
  }

  #answerTo({ payload }: Envelope): string {
    const { type, sdp } = this.connection.localDescription!;
    const exchange = { sessionId: this.sessionId, offer: JSON.parse(payload).sdp, answer: sdp };
    const identity = this.key && signAnswer(this.key, exchange, Date.now() + this.ahead);
    return JSON.stringify(this.change({ type, sdp, identity }));
  }

  #candidate(candidate: RTCIceCandidateInit): void {
    if (this.#described) void this.connection.addIceCandidate(candidate).catch(() => {});
    else this.#candidates.push(candidate);
  }

  close(): void {
    this.link.close();
    this.connection.close();
  }
}
