/** Draws an SVG as PNG: the same bytes on every machine, because the renderer is WebAssembly and icons hold no text. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Resvg, initWasm } from '@resvg/resvg-wasm';

let ready: Promise<void> | undefined;

export async function renderIcon(svg: string): Promise<Uint8Array> {
  ready ??= loadRenderer();
  await ready;
  return new Resvg(svg).render().asPng();
}

async function loadRenderer(): Promise<void> {
  await initWasm(await readFile(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')));
}
