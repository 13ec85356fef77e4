import { InvalidArgumentError } from 'commander';

/** A parser for addresses of servers: `https://…` or `http://…`, as they were typed. */
export const httpUrl = (text: string): string => {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('Not an address. Write https://…, as the stack printed it.');
};

/** An address as it may be shown: without the credentials that may stand in it. */
export const shownUrl = (url: string): string => new URL(url).origin;
