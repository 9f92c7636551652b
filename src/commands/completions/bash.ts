import { type CompletedCommand, type CompletedOption, type Completion, everyCommand } from "./tree.ts";

/** A completion script for bash 3.2, which macOS has, and later; it needs no other package. */
export function bashCompletions(program: CompletedCommand): string {
  const commands = [...everyCommand(program)];
  const valued = new Set(
    commands.flatMap(({ command }) => command.options).filter(({ placeholder }) => placeholder !== undefined)
      .flatMap(({ names }) => names),
  );
  const below = commands.filter(({ path }) => path.length > 0);
  return `\
# bash completion for ${program.name}: source <(${program.name} completions bash)
_unarr_stream_words() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$1" -- "$cur")
}

# Options are offered where nothing else can come, or where one is begun.
_unarr_stream_next() {
  case $cur in
    -*) _unarr_stream_words "$2" ;;
    *) _unarr_stream_words "\${1:-$2}" ;;
  esac
}

_unarr_stream_paths() {
  local path
  # Without it a folder gets a space where its slash would be; bash 3.2 does not have it.
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$2$path"); done < <(compgen "$1" -- "\${cur#"$2"}")
}

# Of a list the last one, after the others.
_unarr_stream_folders() {
  case $cur in
    *,*) _unarr_stream_paths -d "\${cur%,*}," ;;
    *) _unarr_stream_paths -d ;;
  esac
}

_unarr_stream() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path= option= index=1 word
  COMPREPLY=()
  while ((index < COMP_CWORD)); do
    word=\${COMP_WORDS[index]}
    case $word in
      ${[...valued].join(" | ")})
        option=$word
        # The equals sign is a word of its own.
        [[ \${COMP_WORDS[index + 1]} == = ]] && index=$((index + 1))
        # What is completed is its value when that would be the next word.
        if ((index + 1 < COMP_CWORD)); then option= index=$((index + 1)); fi ;;
      *)
        case "$path $word" in
${below.map(({ path }) => `          ${transition(path)}) path="${path.join("/")}" ;;`).join("\n")}
        esac ;;
    esac
    index=$((index + 1))
  done
  [[ $cur == = ]] && option=\${COMP_WORDS[COMP_CWORD - 1]} cur=
  case "$path $option" in
${commands.flatMap(({ path, command }) => values(path.join("/"), command)).join("\n")}
  esac
  [[ $option ]] && return
  case "$path" in
${
    commands.map(({ path, command }) => `    "${path.join("/")}") _unarr_stream_next ${next(command)} ;;`)
      .join("\n")
  }
  esac
}

complete -F _unarr_stream ${program.name}
`;
}

function transition(path: readonly string[]): string {
  return `"${path.slice(0, -1).join("/")} ${path.at(-1)}"`;
}

function values(path: string, command: CompletedCommand): string[] {
  return command.options.flatMap((option) => {
    const complete = bash(option.value);
    return complete === undefined ? [] : [`    ${patterns(path, option)}) ${complete} ;;`];
  });
}

function patterns(path: string, { names }: CompletedOption): string {
  return names.map((name) => `"${path} ${name}"`).join(" | ");
}

function bash(value: Completion): string | undefined {
  switch (value.kind) {
    case "words":
      return `_unarr_stream_words "${value.words.join(" ")}"`;
    case "file":
      return "_unarr_stream_paths -f";
    case "folder":
      return "_unarr_stream_paths -d";
    case "folders":
      return "_unarr_stream_folders";
    case "text":
      return undefined;
  }
}

/** What may come where no option waits for its value: commands and arguments, then options. */
function next({ commands, options, argument }: CompletedCommand): string {
  const names = [
    ...commands.map(({ name }) => name),
    ...(argument?.kind === "words" ? argument.words : []),
  ];
  return `"${names.join(" ")}" "${options.flatMap(({ names }) => names).join(" ")}"`;
}
