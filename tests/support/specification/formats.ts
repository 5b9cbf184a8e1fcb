/** The formats of Azure's specifications. */
import type { Format } from 'ajv';

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const formats: Readonly<Record<string, Format>> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  byte: base64,
  base64url: /^[A-Za-z0-9_-]*$/,
  uri: (text: string) => URL.canParse(text),
  'arm-id': /^\/(subscriptions|providers)\/.+/i,
  int32: { type: 'number', validate: (number: number) => Number.isInteger(number) && Math.abs(number) < 2 ** 31 },
  unixtime: { type: 'number', validate: (number: number) => Number.isInteger(number) },
};
