import assert from "node:assert/strict";
import { Program } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

/** A terminal, by script(1), around what follows; what it shows is also in the file. */
function terminal(file: string) {
  return ["bash", "-c", `exec script -qfc "$(printf '%q ' "$@")" "${file}"`, "bash"] as const;
}

Deno.test({
  name: "signals: a terminal shows text, and ends the program as SIGTERM does when it closes",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using dir = await TempDir.make();
    await dir.put("a.bin", "film");
    const shown = await dir.put(".shown", "");
    await using program = await Program.start(
      [`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"],
      {},
      { through: terminal(shown) },
    );
    const access = await program.access();
    const { viewer } = await Viewer.open({ ...access, stack: STACK_NAMES[0]!, filePath: "a.bin" });
    // With it goes the other end of the terminal, as where a window is closed.
    program.signal("SIGKILL");
    assert.equal(await within(20_000, "the bye", viewer.bye), "shutdown");
    await viewer.close(true);
    assert.match(await Deno.readTextFile(shown), /^\d{4}-\d\d-\d\dT[\d:.]+Z info registered as/m);
  },
});
