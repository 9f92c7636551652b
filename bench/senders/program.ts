import { Program } from "../../tests/support/program.ts";
import { RelayHttp } from "../../tests/support/relay_http.ts";
import { TempDir } from "../../tests/support/temp_dir.ts";
import type { Receiver } from "../receivers/receiver.ts";
import type { SeededFile } from "../seeded_file.ts";
import type { Sender, SenderKind } from "./sender.ts";

/** The program bounds the sessions of each viewer, so every receiver is a viewer of its own. */
const MAX_VIEWERS = 8;

/** The program as a user runs it, introduced to its viewers by the relay that it embeds. */
class ProgramSender implements Sender {
  readonly #program: Program;
  readonly #relay: string;
  readonly #tokens: string[];
  readonly #file: SeededFile;
  readonly #stop = new AbortController();
  readonly #kill: () => void;
  readonly ended: Promise<never>;

  private constructor(program: Program, relay: string, tokens: readonly string[], file: SeededFile) {
    this.#program = program;
    this.#relay = relay;
    this.#tokens = [...tokens];
    this.#file = file;
    this.#kill = () => program.signal("SIGKILL");
    globalThis.addEventListener("unload", this.#kill);
    this.ended = program.ended().then(({ code, err }) => {
      throw new Error(`the program ended with ${code}: ${err}`);
    });
    this.ended.catch(() => {});
  }

  static async start(file: SeededFile): Promise<ProgramSender> {
    await using dir = await TempDir.make();
    const tokens = Array.from({ length: MAX_VIEWERS }, (_, i) => `viewer-${i}-of-the-bench`);
    const tokenFile = await dir.put("tokens", tokens.join("\n"));
    const program = await Program.start([
      ...[`--allow-read=${file.directory}`, "--log-level", "warning"],
      ...["serve", "--listen", "127.0.0.1:0", "--viewer-token-file", tokenFile],
    ]);
    return new ProgramSender(program, (await program.access()).relay, tokens, file);
  }

  get pid(): number {
    return this.#program.pid;
  }

  async connect(receiver: Receiver): Promise<void> {
    const token = this.#tokens.pop();
    if (token === undefined) throw new Error(`the program has no more than ${MAX_VIEWERS} viewers here`);
    const http = new RelayHttp(this.#relay, token);
    const sessionId = await http.createSession({ filePath: this.#file.name });
    const listening = this.#listen(http, sessionId, receiver);
    // Once the channel is open, nothing that signalling brings or loses matters any more.
    listening.catch(() => {});
    await http.post(sessionId, "offer", JSON.stringify({ type: "offer", sdp: await receiver.offer() }));
    await http.post(sessionId, "candidate-end", "");
    const ended = listening.then(() => Promise.reject(new Error("the relay has ended the session")));
    await Promise.race([receiver.opened(), ended]);
  }

  /** Passes on what the program has to say about the connection. */
  async #listen(http: RelayHttp, sessionId: string, receiver: Receiver): Promise<void> {
    let answered: string | undefined;
    for await (const { type, payload } of http.events(sessionId, this.#stop.signal)) {
      // An answer that is sent again says the same.
      if (type === "answer" && answered !== payload) {
        answered = payload;
        await receiver.setAnswer(JSON.parse(payload).sdp);
      } else if (type === "candidate") {
        await receiver.addCandidate(JSON.parse(payload));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    globalThis.removeEventListener("unload", this.#kill);
    this.#stop.abort();
    await this.#program[Symbol.asyncDispose]();
  }
}

export const PROGRAM: SenderKind = {
  name: "unarr-stream",
  setting: "the program from source, its relay in the same process",
  start: (file) => ProgramSender.start(file),
};
