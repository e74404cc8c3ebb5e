// The instructions that kernels need, by their numbers in the WebAssembly specification.

export const ValueKind = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;
export type ValueKind = (typeof ValueKind)[keyof typeof ValueKind];

export const BLOCK_WITHOUT_RESULT = 0x40;

export const Op = {
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  branchIf: 0x0d,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  f32Load: 0x2a,
  i32Load8Unsigned: 0x2d,
  f32Store: 0x38,
  i32Const: 0x41,
  f32Const: 0x43,
  i32Equal: 0x46,
  i32LessSigned: 0x48,
  i32Add: 0x6a,
  i32Multiply: 0x6c,
  i32DivideSigned: 0x6d,
  i32And: 0x71,
  f32Add: 0x92,
  f32Subtract: 0x93,
  f32Multiply: 0x94,
  f32Divide: 0x95,
  f32ConvertSigned: 0xb2,
  simdPrefix: 0xfd,
} as const;

/** Instructions behind `Op.simdPrefix`. */
export const Simd = {
  load: 0x00,
  load32Splat: 0x09,
  store: 0x0b,
  constant: 0x0c,
  shuffle: 0x0d,
  i32Splat: 0x11,
  f32Splat: 0x13,
  f32ExtractLane: 0x1f,
  f32Equal: 0x41,
  f32Less: 0x43,
  f32LessOrEqual: 0x45,
  not: 0x4d,
  and: 0x4e,
  andNot: 0x4f,
  or: 0x50,
  bitSelect: 0x52,
  f32Nearest: 0x6a,
  i32ShiftLeft: 0xab,
  i32ShiftRightUnsigned: 0xad,
  i32Add: 0xae,
  f32Absolute: 0xe0,
  f32SquareRoot: 0xe3,
  f32Add: 0xe4,
  f32Subtract: 0xe5,
  f32Multiply: 0xe6,
  f32Divide: 0xe7,
  f32PseudoMin: 0xea,
  f32PseudoMax: 0xeb,
  f32ConvertI32: 0xfa,
} as const;
