import { type CompletedCommand, type CompletedOption, type Completion, everyCommand } from "./tree.ts";

/** A completion script for fish 3. */
export function fishCompletions(program: CompletedCommand): string {
  return `\
# fish completion for ${program.name}: ${program.name} completions fish | source
function __unarr_stream_at
    # The names of commands among the words so far, which are compared with those asked for.
    set -l path
    for word in (commandline -opc)[2..]
        contains -- $word ${[...names(program)].join(" ")}; and set -a path $word
    end
    test "$path" = "$argv"
end

function __unarr_stream_folders
    # Of a list the last one, after the others.
    set -l value (string replace -r '^--[a-z-]+=' '' -- (commandline -ct))
    set -l others (string match -r '^.*,' -- $value)
    for folder in (__fish_complete_directories (string replace -r '^.*,' '' -- $value))
        echo -- "$others$folder"
    end
end

complete -c ${program.name} -f
${[...everyCommand(program)].flatMap(({ path, command }) => lines(program.name, path, command)).join("\n")}
`;
}

function names(program: CompletedCommand): Set<string> {
  return new Set([...everyCommand(program)].slice(1).map(({ command }) => command.name));
}

function lines(program: string, path: readonly string[], command: CompletedCommand): string[] {
  const at = `complete -c ${program} -n ${quoted(["__unarr_stream_at", ...path].join(" "))}`;
  return [
    ...command.commands.map(({ name, description }) => `${at} -a ${name} -d ${quoted(description)}`),
    ...(command.argument === undefined ? [] : [`${at} ${fish(command.argument)}`]),
    ...command.options.map((option) => `${at} ${optionLine(option)}`),
  ];
}

function optionLine({ names, description, placeholder, value }: CompletedOption): string {
  const flags = names.map((name) => name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`);
  const takes = placeholder === undefined
    ? []
    : [`-${value.kind === "file" ? "r" : "x"} ${fish(value)}`.trim()];
  return [...flags, ...takes, "-d", quoted(description)].join(" ");
}

function fish(value: Completion): string {
  switch (value.kind) {
    case "words":
      return `-a ${quoted(value.words.join(" "))}`;
    case "file":
      return "-F";
    case "folder":
    case "folders":
      return "-a '(__unarr_stream_folders)'";
    case "text":
      return "";
  }
}

/** Inside single quotes fish knows a backslash before a quote or a backslash. */
function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
