import assert from "node:assert/strict";
import { defaultConfigPath } from "../../src/config/default_path.ts";
import { environmentOf } from "./support.ts";

Deno.test("default path: where the reference has its own, on each system", () => {
  const home = { HOME: "/home/me", USERPROFILE: "C:\\Users\\me" };
  const at = (os: typeof Deno.build.os, variables: Parameters<typeof environmentOf>[0]) =>
    defaultConfigPath(environmentOf(variables), os);
  assert.equal(at("linux", home), "/home/me/.config/unarr/config.toml");
  assert.equal(at("freebsd", home), "/home/me/.config/unarr/config.toml");
  assert.equal(at("linux", { ...home, XDG_CONFIG_HOME: "/etc/xdg/" }), "/etc/xdg/unarr/config.toml");
  assert.equal(at("linux", { ...home, XDG_CONFIG_HOME: "relative" }), "/home/me/.config/unarr/config.toml");
  assert.equal(at("darwin", home), "/home/me/Library/Application Support/unarr/config.toml");
  assert.equal(at("windows", { APPDATA: "C:\\Data\\" }), "C:\\Data\\unarr\\config.toml");
  assert.equal(at("linux", { ...home, UNARR_CONFIG_DIR: "/etc/unarr" }), "/etc/unarr/config.toml");
  assert.equal(at("linux", {}), undefined);
  assert.equal(at("windows", home), undefined);
});
