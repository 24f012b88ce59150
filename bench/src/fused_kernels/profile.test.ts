import { expect, test } from 'vitest';
import { byKernelAndOp, profileTable } from './profile';

const rows = [
  { kernel: 'BatchMatMul', op: 'Gemm', shapes: '4x8 8x2', runs: 2, milliseconds: 30 },
  { kernel: 'Add', op: 'Add', shapes: '4x2 2', runs: 1, milliseconds: 35 },
  { kernel: 'BatchMatMul', op: 'Gemm', shapes: '4x2 2x8', runs: 1, milliseconds: 20 },
  { kernel: 'BatchMatMul', op: 'Transpose', shapes: '4x2', runs: 1, milliseconds: 10 },
  { kernel: '', op: 'Cast', shapes: '4', runs: 4, milliseconds: 5 },
];

test('shapes are summed, by kernel and operator, the longest first', () => {
  expect(byKernelAndOp(rows)).toEqual([
    { kernel: 'BatchMatMul', op: 'Gemm', runs: 3, milliseconds: 50 },
    { kernel: 'Add', op: 'Add', runs: 1, milliseconds: 35 },
    { kernel: 'BatchMatMul', op: 'Transpose', runs: 1, milliseconds: 10 },
    { kernel: '', op: 'Cast', runs: 4, milliseconds: 5 },
  ]);
});

test('the table has the largest, the others in one line, and the total', () => {
  expect(profileTable(rows, 2).split('\n')).toEqual([
    'kernel        operator   runs     ms     share',
    '───────────   ────────   ────   ────   ───────',
    'BatchMatMul   Gemm          3   50.0    50.0 %',
    'Add           Add           1   35.0    35.0 %',
    '2 others                    5   15.0    15.0 %',
    'total                       9    100   100.0 %',
  ]);
  expect(profileTable(rows)).toContain("ONNX Runtime's own   Cast");
});
