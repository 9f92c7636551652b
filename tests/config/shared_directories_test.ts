import assert from "node:assert/strict";
import { serveConfig } from "../../src/config/config.ts";
import { isSystemDirectory } from "../../src/config/system_directories.ts";
import { TempDir } from "../support/temp_dir.ts";
import { environmentOf, refusal } from "./support.ts";

const KEYS = ["downloads.dir", "organize.movies_dir", "organize.tv_shows_dir", "library.scan_path"];

Deno.test("shared folders: all that are configured, unless --allow-read says which", async () => {
  await using dir = await TempDir.make();
  for (const name of ["a", "b", "c", "d", "e"]) await Deno.mkdir(`${dir.path}/${name}`);
  const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map((name) => `${dir.path}/${name}`);
  const config = await dir.put(
    "config.toml",
    KEYS.map((key, index) => `${key} = ${JSON.stringify([a, b, c, d][index])}`).join("\n"),
  );
  const directories = async (flags: { allowRead?: string }, variables = {}) =>
    (await serveConfig({ config, ...flags }, environmentOf(variables))).directories;
  assert.deepEqual(await directories({}), [a, b, c, d]);
  assert.deepEqual(await directories({}, { UNARR_DOWNLOAD_DIR: e }), [e, b, c, d]);
  assert.deepEqual(await directories({}, { UNARR_DOWNLOAD_DIR: b }), [b, c, d]);
  assert.deepEqual(await directories({ allowRead: `${e}, ${a}` }, { UNARR_DOWNLOAD_DIR: b }), [e, a]);
});

Deno.test("defect 50: ~/ in the file is the home directory", async () => {
  await using home = await TempDir.make();
  await Deno.mkdir(`${home.path}/Films`);
  const config = await home.put("config.toml", 'downloads.dir = "~/Films/"');
  const shared = await serveConfig({ config }, environmentOf({ HOME: home.path, USERPROFILE: home.path }));
  assert.deepEqual(shared.directories, [`${home.path}/Films`]);
  const { message, exitCode } = await refusal(() => serveConfig({ config }, environmentOf()));
  assert.match(message, /^downloads\.dir in .* begins with ~, and the home directory is not known$/);
  assert.equal(exitCode, 78);
});

for (const key of KEYS) {
  Deno.test({
    name: `defect 53: ${key} may not be the system's, not by a link either`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      await using home = await TempDir.make();
      await Deno.symlink("/", `${home.path}/link`);
      await Deno.mkdir(`${home.path}/.ssh`);
      for (
        const path of ["/", "/etc", "/etc/", "/usr/../etc", "~", "~/", "~/link", "~/.ssh", "~/.ssh/../.ssh"]
      ) {
        const config = await home.put("config.toml", `${key} = ${JSON.stringify(path)}`);
        const { message, exitCode } = await refusal(() =>
          serveConfig({ config }, environmentOf({ HOME: home.path }))
        );
        assert.match(message, new RegExp(`^${key} in .*config\\.toml: .* belongs to the system`), path);
        assert.equal(exitCode, 78);
      }
    },
  });
}

Deno.test("shared folders: a variable is held to the same rules", async () => {
  const ofVariable = (path: string) =>
    refusal(() => serveConfig({}, environmentOf({ UNARR_DOWNLOAD_DIR: path })));
  assert.match((await ofVariable("/")).message, /^UNARR_DOWNLOAD_DIR: \/ belongs to the system/);
  const missing = await ofVariable("/nowhere/at/all");
  assert.equal(missing.message, "UNARR_DOWNLOAD_DIR: the folder /nowhere/at/all does not exist");
  assert.equal(missing.exitCode, 78);
});

Deno.test("shared folders: none at all is a fault of the file where there is one", async () => {
  await using dir = await TempDir.make();
  const config = await dir.put("config.toml", "");
  assert.equal((await refusal(() => serveConfig({ config }, environmentOf()))).exitCode, 78);
  const without = await refusal(() => serveConfig({}, environmentOf()));
  assert.match(without.message, /^no folder is shared/);
  assert.equal(without.exitCode, 2);
});

Deno.test("system directories: exactly, by the system's own rules for names", () => {
  const homes = ["/home/me"];
  for (const path of ["/", "/var", "/var/", "//tmp", "/root", "/home/me", "/home/me/.ssh"]) {
    assert.ok(isSystemDirectory(path, homes, "linux"), path);
  }
  for (
    const path of [
      "/media",
      "/var/media",
      "/library",
      "/home/me/Films",
      "/home/me/.local",
      "/home/me/.a/b",
      "/srv",
    ]
  ) {
    assert.ok(!isSystemDirectory(path, homes, "linux"), path);
  }
  for (const path of ["/Library", "/private/VAR", "/Users", "/HOME/me"]) {
    assert.ok(isSystemDirectory(path, homes, "darwin"), path);
  }
  const windowsHome = ["C:\\Users\\me"];
  for (
    const path of ["C:\\", "d:", "\\\\?\\C:\\", "C:/WINDOWS", "C:\\Program Files (x86)\\", "c:\\users\\ME"]
  ) {
    assert.ok(isSystemDirectory(path, windowsHome, "windows"), path);
  }
  assert.ok(!isSystemDirectory("D:\\Films", windowsHome, "windows"));
});
