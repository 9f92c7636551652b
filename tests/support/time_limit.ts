/**
 * Loaded before the tests (`deno task test`): each has an end. One that waits for what never comes is a failure with
 * a name, and the run goes on. Tests that take longer say so by a `timeout` of their own.
 */

const LIMIT_MS = 5 * 60_000;

const { test } = Deno;

type Test = Deno.TestDefinition | ((t: Deno.TestContext) => void | Promise<void>);

/** Any of the forms in which `Deno.test` takes a test, with a limit added; its own, where it has one, comes later. */
function limited(register: (...test: unknown[]) => void): (...test: unknown[]) => void {
  return (first, ...rest) => {
    if (typeof first === "object") return register({ timeout: LIMIT_MS, ...first }, ...rest);
    if (typeof first === "function") return register({ timeout: LIMIT_MS }, first);
    const [second, ...others] = rest as [Test, ...Test[]];
    if (typeof second === "object") return register(first, { timeout: LIMIT_MS, ...second }, ...others);
    register(first, { timeout: LIMIT_MS }, second);
  };
}

const wrapped = Object.assign(limited(test as never), test, {
  ignore: limited(test.ignore as never),
  only: limited(test.only as never),
});
Object.defineProperty(Deno, "test", { value: wrapped, writable: true, configurable: true });
