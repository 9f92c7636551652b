import { type CompletedCommand, type CompletedOption, type Completion, everyCommand } from "./tree.ts";

/** A completion script for zsh 5: a file of a folder in `fpath`, or sourced after `compinit`. */
export function zshCompletions(program: CompletedCommand): string {
  return `\
#compdef ${program.name}
# zsh completion for ${program.name}: source <(${program.name} completions zsh), after compinit
${[...everyCommand(program)].map(({ path, command }) => commandFunction(path, command)).join("\n")}
# Run by the completion system as the function's body, or sourced by hand.
if [[ $funcstack[1] == _unarr-stream ]]; then
  _unarr_stream "$@"
else
  compdef _unarr_stream ${program.name}
fi
`;
}

function functionName(path: readonly string[]): string {
  return ["_unarr_stream", ...path].join("_");
}

function commandFunction(path: readonly string[], command: CompletedCommand): string {
  const specs = command.options.map(optionSpec);
  if (command.argument !== undefined) specs.push(quoted(`1:argument:${action(command.argument)}`));
  if (command.commands.length === 0) {
    return `${functionName(path)}() {\n  _arguments -s ${specs.join(" ")}\n}\n`;
  }
  const described = command.commands.map(({ name, description }) => quoted(`${name}:${description}`));
  return `\
${functionName(path)}() {
  local curcontext=$curcontext state line
  local -a commands=(${described.join(" ")})
  _arguments -s -C ${specs.join(" ")} '1:command:->command' '*::argument:->arguments'
  case $state in
    command) _describe command commands ;;
    arguments)
      case $line[1] in
${command.commands.map(({ name }) => `        ${name}) ${functionName([...path, name])} ;;`).join("\n")}
      esac ;;
  esac
}
`;
}

function optionSpec({ names, description, placeholder, value, repeats }: CompletedOption): string {
  const text = description.replace(/[[\]\\:]/g, "\\$&");
  const takes = placeholder === undefined ? "" : `:${placeholder}:${action(value)}`;
  return names.map((name) => {
    const others = repeats ? "*" : `(${names.join(" ")})`;
    // A long option's value may also come after an equals sign.
    const equals = placeholder !== undefined && name.startsWith("--") ? "=" : "";
    return quoted(`${others}${name}${equals}[${text}]${takes}`);
  }).join(" ");
}

function action(value: Completion): string {
  switch (value.kind) {
    case "words":
      return `(${value.words.join(" ")})`;
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    case "folders":
      return "_sequence _files -/";
    case "text":
      return " ";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
