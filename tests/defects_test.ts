import assert from "node:assert/strict";

/** Weaknesses of the reference that this project does better than. */
const FIRST = 1;
const LAST = 57;

Deno.test(`every weakness of the reference from ${FIRST} to ${LAST} has a test with its number`, async () => {
  const named = new Set<number>();
  const walk = async (directory: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      if (isDirectory) await walk(new URL(`${name}/`, directory));
      else if (name.endsWith("_test.ts")) {
        const text = await Deno.readTextFile(new URL(name, directory));
        for (const [, numbers] of text.matchAll(/defects? (\d+(?:, \d+)*)/g)) {
          for (const number of numbers!.split(", ")) named.add(Number(number));
        }
      }
    }
  };
  await walk(new URL("./", import.meta.url));
  const missing = Array.from({ length: LAST - FIRST + 1 }, (_, i) => FIRST + i).filter((n) => !named.has(n));
  assert.deepEqual(missing, []);
});
