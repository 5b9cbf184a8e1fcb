import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { troubleshootingFile, troubleshootingPage } from '../../scripts/troubleshooting.ts';
import { catalogue } from '../../src/diagnostics/catalogue.ts';

describe('docs/troubleshooting.md', () => {
  it('is what npm run docs writes', () => {
    assert.equal(readFileSync(troubleshootingFile, 'utf8'), troubleshootingPage().trimEnd() + '\n');
  });

  it('has an anchor for every code', () => {
    const page = readFileSync(troubleshootingFile, 'utf8');
    for (const code of Object.keys(catalogue)) assert.match(page, new RegExp(`^### ${code}$`, 'm'));
  });
});
