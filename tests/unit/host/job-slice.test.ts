import assert from 'node:assert/strict';
import { readSlice } from '../../../src/host/job-slice.ts';

describe('the slice of a job', () => {
  it('is read from the variables of strategy: parallel', () => {
    assert.deepEqual(readSlice({ type: 'MultiMachine', position: '3', total: '8' }), { position: 3, total: 8 });
    assert.deepEqual(readSlice({ type: undefined, position: '8', total: '8' }), { position: 8, total: 8 });
  });

  it('is none for a job of a matrix, which does everything with values of its own', () => {
    assert.equal(readSlice({ type: 'MultiConfiguration', position: '3', total: '8' }), undefined);
  });

  it('is none for a job by itself', () => {
    assert.equal(readSlice({ type: undefined, position: '1', total: '1' }), undefined);
    assert.equal(readSlice({ type: undefined, position: undefined, total: undefined }), undefined);
    assert.equal(readSlice({ type: 'None', position: '1', total: '1' }), undefined);
  });

  it('is none where the variables contradict themselves: all clusters are better than some', () => {
    for (const position of ['0', '9', '', 'x', '1.5'])
      assert.equal(readSlice({ type: 'MultiMachine', position, total: '8' }), undefined);
  });
});
