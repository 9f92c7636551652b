import assert from "node:assert/strict";
import { printed } from "./shell.ts";

const COMMANDS = [
  ["serve"],
  ["relay"],
  ["identity"],
  ["identity", "new"],
  ["identity", "show"],
  ["share"],
  ["share", "revoke"],
  ["doctor"],
  ["service"],
  ["service", "systemd"],
  ["service", "launchd"],
  ["service", "cron"],
  ["completions"],
];

Deno.test("help: the top level fits a screen of 80 columns and 24 lines", async () => {
  const lines = (await printed("--help")).trimEnd().split("\n");
  // The last line of the screen is the shell's.
  assert.ok(lines.length <= 23, `${lines.length} lines`);
  assert.deepEqual(lines.filter((line) => line.length > 80), []);
  assert.ok(lines.includes("Examples:"));
});

Deno.test("help: each command has examples, and 80 columns are enough", async () => {
  for (const command of COMMANDS) {
    const help = await printed(...command, "--help");
    assert.match(help, /\nExamples?:\n(.*\n)* +.*unarr-stream .*/, command.join(" "));
    assert.deepEqual(help.split("\n").filter((line) => line.length > 80), [], command.join(" "));
  }
});

Deno.test("help: no command is without one here", async () => {
  const listed = async (...path: string[]): Promise<string[]> => {
    const [, section = ""] = /\nCommands:\n((?: .*\n)+)/.exec(await printed(...path, "--help")) ?? [];
    return [...section.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name!).filter((name) => name !== "help");
  };
  const names = await listed();
  for (const parent of ["service", "identity", "share"]) {
    names.push(...(await listed(parent)).map((name) => `${parent} ${name}`));
  }
  assert.deepEqual(names.sort(), COMMANDS.map((path) => path.join(" ")).sort());
});
