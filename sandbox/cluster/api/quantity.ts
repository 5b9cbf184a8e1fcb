/** Quantities in their canonical form (k8s.io/apimachinery/pkg/api/resource): `1000m` is `1`, `0.5` is `500m`, `1024Mi` is `1Gi`. */
import type { Json } from './json.ts';

const decimal: readonly (readonly [string, number])[] = [
  ['E', 18],
  ['P', 15],
  ['T', 12],
  ['G', 9],
  ['M', 6],
  ['k', 3],
  ['', 0],
  ['m', -3],
  ['u', -6],
  ['n', -9],
];
const binary: readonly (readonly [string, bigint])[] = [
  ['Ei', 1n << 60n],
  ['Pi', 1n << 50n],
  ['Ti', 1n << 40n],
  ['Gi', 1n << 30n],
  ['Mi', 1n << 20n],
  ['Ki', 1n << 10n],
];
const NANO = 9;

/** Undefined where the text is no quantity. */
export function canonicalQuantity(text: string): string | undefined {
  const parts =
    /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<fraction>\d*))?(?<suffix>[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/u.exec(
      text,
    )?.groups;
  if (!parts) return undefined;
  const { sign, whole = '', fraction = '', suffix = '' } = parts;
  if (whole + fraction === '') return undefined;
  return (sign === '-' ? '-' : '') + magnitudeText(BigInt(whole + fraction), fraction.length, suffix);
}

function magnitudeText(digits: bigint, decimals: number, suffix: string): string {
  const size = binary.find(([name]) => name === suffix)?.[1];
  if (size === undefined) return decimalText(digits, exponentOf(suffix) - decimals, suffix);
  return sizeText(digits * size, 10n ** BigInt(decimals));
}

/** A binary size as a fraction: in binary units where it is whole, else in thousandths. */
function sizeText(numerator: bigint, denominator: bigint): string {
  if (numerator % denominator === 0n) return binaryText(numerator / denominator);
  return decimalText((numerator * 1000n) / denominator, -3, '');
}

function exponentOf(suffix: string): number {
  if (/^[eE][+-]?\d/u.test(suffix)) return Number(suffix.slice(1));
  return decimal.find(([name]) => name === suffix)?.[1] ?? 0;
}

function binaryText(value: bigint): string {
  const unit = binary.find(([, size]) => value !== 0n && value % size === 0n);
  return unit ? `${value / unit[1]}${unit[0]}` : String(value);
}

/** The largest unit that leaves a whole number; below nano it is rounded up, as the real server does. */
function decimalText(digits: bigint, exponent: number, suffix: string): string {
  if (digits === 0n) return '0';
  const shift = BigInt(Math.max(-NANO - exponent, 0));
  const nanos = shift > 0n ? ceilDivide(digits, 10n ** shift) : digits * 10n ** BigInt(exponent + NANO);
  const unit = decimal.find(([, power]) => nanos % 10n ** BigInt(power + NANO) === 0n) ?? ['n', -NANO];
  const value = nanos / 10n ** BigInt(unit[1] + NANO);
  const scientific = /^[eE]/u.test(suffix) && unit[1] !== 0;
  return scientific ? `${value}e${unit[1]}` : `${value}${unit[0]}`;
}

function ceilDivide(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}

/** Every value of a resource list, in place; what is no quantity stays for validation to refuse. */
export function canonicalQuantities(list: Json): void {
  for (const [name, value] of Object.entries(list)) {
    if (typeof value === 'string' || typeof value === 'number') list[name] = canonicalQuantity(String(value)) ?? value;
  }
}
