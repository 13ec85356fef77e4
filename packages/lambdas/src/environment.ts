/** Reading the functions' configuration: every mistake names the variable and what it may be. */
import { FlowfitError } from '@flowfit/core/errors';

export type Environment = Readonly<Record<string, string | undefined>>;

export class ConfigurationError extends FlowfitError {
  override readonly name = 'ConfigurationError';

  constructor(message: string) {
    super('bad-configuration', message);
  }
}

export function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) throw new ConfigurationError(`environment variable ${name} is not set`);
  return value;
}

/** An empty variable counts as absent: that is how CloudFormation passes "none". */
export function optional(environment: Environment, name: string): string | null {
  return environment[name] || null;
}

export function oneOf<const Choice extends string>(
  environment: Environment,
  name: string,
  choices: readonly Choice[],
  fallback: Choice,
): Choice {
  const value = environment[name] || fallback;
  const choice = choices.find((candidate) => candidate === value);
  if (!choice) throw new ConfigurationError(`${name} is "${value}"; it may be ${choices.join(', ')}`);
  return choice;
}
