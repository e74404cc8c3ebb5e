// The messages between the bench and the process of a contender: lines of JSON. `peers/pytorch.py` understands the same ones.

/** `losses`: train for so many steps and return the loss of each. `seconds`: train for at least so long. */
export type Request = { readonly losses: number } | { readonly seconds: number };

/** The first reply is `version`; each request gets one reply. */
export type Reply =
  | { readonly version: string }
  | { readonly losses: readonly number[] }
  | { readonly steps: number; readonly seconds: number }
  | { readonly error: string };
