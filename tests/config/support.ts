import type { ConfigVariable, Environment } from "../../src/config/environment.ts";
import { ConfigError } from "../../src/config/origin.ts";

/** An environment of these variables alone. */
export function environmentOf(variables: Partial<Record<ConfigVariable, string>> = {}): Environment {
  return (name) => variables[name];
}

/** The sentence and the code of a refusal. */
export async function refusal(work: () => unknown): Promise<{ message: string; exitCode: number }> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ConfigError) return { message: error.message, exitCode: error.exitCode };
    throw error;
  }
  throw new Error("nothing was refused");
}
