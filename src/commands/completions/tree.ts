import type { Argument, Command, Option } from "commander";

/** What may follow: words, or the path of a file or folder; nothing that can be known, for other text. */
export type Completion =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" | "folder" | "folders" | "text" };

export interface CompletedOption {
  /** With its dashes; long and short where there are both. */
  readonly names: readonly string[];
  readonly description: string;
  /** What its value is called; undefined for a switch. */
  readonly placeholder: string | undefined;
  readonly value: Completion;
  /** Whether it may be given again. */
  readonly repeats: boolean;
}

/** A command, as a shell sees it. */
export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  /** Its own and those of the commands above it. */
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
  /** What its first argument may be, where it takes one. */
  readonly argument: Completion | undefined;
}

/** The commands and options of `command` and below, without those that help does not show. */
export function completionTree(command: Command, inherited: readonly Option[] = []): CompletedCommand {
  const help = command.createHelp();
  const visible = help.visibleOptions(command);
  const options = [...visible, ...inherited.filter(({ long }) => visible.every((own) => own.long !== long))];
  const below = options.filter(({ long }) => long !== "--version");
  const commands = help.visibleCommands(command);
  const names = commands.map((each) => each.name()).filter((name) => name !== "help");
  return {
    name: command.name(),
    description: command.description(),
    options: options.map(completedOption),
    commands: commands.map((each) =>
      // Help is made up by commander, without the names that it takes.
      each.name() === "help"
        ? { ...completionTree(each), options: [], argument: { kind: "words", words: names } }
        : completionTree(each, below)
    ),
    argument: command.registeredArguments.map(valueOf)[0],
  };
}

/** Every command of a tree, with the names that lead to it below the program's. */
export function* everyCommand(
  command: CompletedCommand,
  path: readonly string[] = [],
): Generator<{ path: readonly string[]; command: CompletedCommand }> {
  yield { path, command };
  for (const each of command.commands) yield* everyCommand(each, [...path, each.name]);
}

function completedOption(option: Option): CompletedOption {
  return {
    names: [option.long, option.short].filter((name) => name !== undefined),
    description: option.description,
    placeholder: placeholder(option.flags),
    value: valueOf(option),
    repeats: option.variadic,
  };
}

function valueOf(of: Option | Argument): Completion {
  if (of.argChoices !== undefined) return { kind: "words", words: of.argChoices };
  const kind = "flags" in of ? placeholder(of.flags) : of.name();
  return { kind: kind === "file" || kind === "folder" || kind === "folders" ? kind : "text" };
}

function placeholder(flags: string): string | undefined {
  return /[<[]([^>\].]+)(?:\.\.\.)?[>\]]/.exec(flags)?.[1];
}
