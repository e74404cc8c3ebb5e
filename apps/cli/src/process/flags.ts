// The names of options: in camel case in code, with hyphens on the command line.

/** `--weight-decay` for the option `weightDecay`. */
export const flagOf = (option: string): string =>
  `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** `weightDecay` for `--weight-decay`, `--weight_decay` and `--weight-decay=1`. */
export const optionOf = (flag: string): string =>
  flag
    .replace(/^-+/, '')
    .replace(/=.*$/s, '')
    .replace(/[-_]+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
