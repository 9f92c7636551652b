import { Argument, type Command } from "commander";
import { bashCompletions } from "./completions/bash.ts";
import { fishCompletions } from "./completions/fish.ts";
import { completionTree } from "./completions/tree.ts";
import { zshCompletions } from "./completions/zsh.ts";

const SHELLS = { bash: bashCompletions, zsh: zshCompletions, fish: fishCompletions } as const;

/**
 * Adds the command that prints a shell's completions of all commands that `program` has when it runs.
 *
 * @param out takes what is printed, without the end of the last line
 */
export function addCompletionsCommand(program: Command, out: (text: string) => void): void {
  program.command("completions")
    .description("print completions for a shell: bash, zsh, fish")
    .addArgument(new Argument("<shell>", "the shell they are for").choices(Object.keys(SHELLS)))
    .action((shell: keyof typeof SHELLS) => out(SHELLS[shell](completionTree(program)).trimEnd()))
    .addHelpText("after", EXAMPLES);
}

const EXAMPLES = `
Examples:
  source <(unarr-stream completions bash)        # in ~/.bashrc
  unarr-stream completions zsh > ~/.zfunc/_unarr-stream
  unarr-stream completions fish > ~/.config/fish/completions/unarr-stream.fish`;
