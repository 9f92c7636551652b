/** `path`, with `/` between its parts, below `directory`, in the manner of the system. */
export function join(directory: string, path: string, os: typeof Deno.build.os = Deno.build.os): string {
  const separator = os === "windows" ? "\\" : "/";
  return directory.replace(os === "windows" ? /[\\/]+$/ : /\/+$/, "") + separator +
    path.replaceAll("/", separator);
}
