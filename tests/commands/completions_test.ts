import assert from "node:assert/strict";
import { TempDir } from "../support/temp_dir.ts";
import { printed, system } from "./shell.ts";

/** Asks a bash for what its Tab key would offer; words are split as readline does it. */
const BASH = `
source "$1"; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
[[ $(complete -p unarr-stream) =~ -F\\ ([a-z_]+) ]] && "\${BASH_REMATCH[1]}"
printf '%s\\n' "\${COMPREPLY[@]}"`;

/** Types a line into an interactive zsh, presses Tab, and prints what its completion system was given. */
const ZSH = `
zmodload zsh/zpty
export CAPTURED=$3
zpty inner zsh -f -i
expect() { zpty -r -m inner seen "*$1*" }
zpty -w inner "PROMPT= ; cd \${(q)4}; autoload -Uz compinit; compinit -u -D; source \${(q)1}"
zpty -w inner 'compadd() { local -a hits; builtin compadd -O hits "$@"; print -rl -- $hits >> $CAPTURED; builtin compadd "$@" }'
zpty -w inner 'complete-and-tell() { zle expand-or-complete; BUFFER=; print to""ld }'
zpty -w inner 'zle -N complete-and-tell; bindkey "^I" complete-and-tell; print rea""dy'; expect ready
zpty -w -n inner "$2"$'\\t'; expect told
zpty -d inner`;

const FISH = `source $argv[1]; complete -C $argv[2] | string split -f1 \\t`;

type Ask = (script: string, line: string, cwd: string) => Promise<string[] | undefined>;

const SHELLS: Record<string, Ask> = {
  async bash(script, line, cwd) {
    const words = line.split(/(=)| /).filter((word) => word !== undefined);
    // After an equals sign that is the word itself.
    if (line.endsWith("=")) words.pop();
    const said = await system("bash", ["--norc", "-c", BASH, "bash", script, ...words], { cwd });
    assert.ok(said === undefined || said.err === "", said?.err);
    return said?.out.split("\n").filter(Boolean);
  },
  async zsh(script, line, cwd) {
    await using dir = await TempDir.make();
    const captured = `${dir.path}/captured`;
    await dir.put("captured", "");
    const said = await system("zsh", ["-f", "-c", ZSH, "zsh", script, line, captured, cwd]);
    if (said === undefined) return undefined;
    const words = (await Deno.readTextFile(captured)).split("\n").filter(Boolean);
    // Paths are also given as they would be typed.
    return words.map((word) => word.replaceAll("\\ ", " "));
  },
  async fish(script, line, cwd) {
    const env = { HOME: cwd, XDG_CONFIG_HOME: cwd, XDG_DATA_HOME: cwd };
    const said = await system("fish", ["--no-config", "-c", FISH, script, line], { cwd, env });
    assert.ok(said === undefined || said.err === "", said?.err);
    // The value alone, as the other shells have it.
    return said?.out.split("\n").filter(Boolean).map((word) => word.replace(/^--[a-z-]+=/, ""));
  },
};

const LOG_LEVELS = ["debug", "error", "info", "warning"];

/** What is typed, and what is offered, in alphabetical order. */
const CASES: readonly [line: string, offered: readonly string[]][] = [
  ["unarr-stream serv", ["serve", "service"]],
  ["unarr-stream --log-level debug serv", ["serve", "service"]],
  ["unarr-stream service ", ["cron", "launchd", "systemd"]],
  ["unarr-stream completions ", ["bash", "fish", "zsh"]],
  ["unarr-stream help serv", ["serve", "service"]],
  ["unarr-stream --log-level ", LOG_LEVELS],
  ["unarr-stream --log-level=", LOG_LEVELS],
  ["unarr-stream serve --crypto k", ["kernel"]],
  ["unarr-stream service systemd --crypto=n", ["node"]],
  ["unarr-stream serve --vie", ["--viewer-token-file"]],
  ["unarr-stream --log-level debug service launchd --log-fi", ["--log-file"]],
  ["unarr-stream relay --agent-token-file k", ["keys", "kin d"]],
  ["unarr-stream --allow-read k", ["kin d"]],
  ["unarr-stream --allow-read=k", ["kin d"]],
  ["unarr-stream --allow-read=/nowhere,k", ["kin d"]],
];

for (const [shell, ask] of Object.entries(SHELLS)) {
  Deno.test(`completions: ${shell} offers commands, options, choices, files and folders`, async () => {
    await using dir = await TempDir.make();
    await dir.put("keys", "");
    await Deno.mkdir(`${dir.path}/kin d`);
    await using scripts = await TempDir.make();
    await scripts.put("script", await printed("completions", shell));
    for (const [line, offered] of CASES) {
      const answer = await ask(`${scripts.path}/script`, line, dir.path);
      if (answer === undefined) return;
      // Of a list some shells have the folders before the comma in each word.
      const plain = answer.map((word) => word.replace(/\/$/, "").replace(/^.*,/, ""))
        .filter((word) => word !== "help");
      assert.deepEqual([...new Set(plain)].sort(), offered, line);
    }
  });
}
