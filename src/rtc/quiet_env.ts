/**
 * werift's logging dependency lists the whole environment when it is imported. Without the permission
 * to do so that would throw, so it is shown an empty one. Import this before werift.
 */
import process from "node:process";

if (Deno.permissions.querySync({ name: "env" }).state !== "granted") process.env = {};
