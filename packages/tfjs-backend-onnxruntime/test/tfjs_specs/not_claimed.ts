// The other spec files, and why the backend does not claim them: together with the claimed ones, all that there are.

export interface NotClaimed {
  readonly reason: string;
  readonly files: readonly string[];
}

export const notClaimed: readonly NotClaimed[] = [
  {
    reason: 'Runs in a browser only, or has no specs of its own.',
    files: list(`io/browser_files io/indexed_db io/local_storage io/model_management io/passthrough io/router_registry
      io/weights_loader ops/draw ops/identity_pool ops/image/rotate_with_offset platforms/platform_browser`),
  },
  {
    reason: 'Touches no backend: passing says nothing about one.',
    files: list(`backends/complex_util backends/non_max_suppression_util browser_util device_util hash_util
      io/composite_array_buffer io/http io/progress jasmine_util ops/broadcast_util ops/concat_util ops/conv_util
      ops/operation ops/slice_util serialization test_util types version`),
  },
  {
    reason: 'Takes pixels from a browser (kernel FromPixels).',
    files: ['ops/from_pixels'],
  },
  {
    reason: 'Convolution or pooling in three dimensions (kernels Conv3D, Conv3DBackpropInputV2, AvgPool3D, MaxPool3D).',
    files: list('ops/avg_pool_3d ops/conv3d ops/conv3d_transpose ops/max_pool_3d'),
  },
  { reason: 'Kernel Dilation2D.', files: ['ops/dilation2d'] },
  { reason: 'Kernel Unique.', files: ['ops/unique'] },
  {
    reason: 'Complex numbers (kernels Complex, FFT, IFFT and the like).',
    files: list('ops/complex_ops ops/ifft ops/signal/stft ops/spectral/fft ops/spectral/irfft ops/spectral/rfft'),
  },
  {
    reason: 'Boxes in and turns of images (kernels CropAndResize, FlipLeftRight, NonMaxSuppression, Transform).',
    files: list(`ops/image/crop_and_resize ops/image/flip_left_right ops/image/non_max_suppression
      ops/image/non_max_suppression_async ops/image/transform`),
  },
  {
    reason: 'Ragged tensors (kernels RaggedGather and the like).',
    files: list('ops/ragged_gather ops/ragged_range ops/ragged_tensor_to_tensor'),
  },
  {
    reason: 'Sparse tensors (kernels SparseReshape and the like).',
    files: list(`ops/sparse/sparse_fill_empty_rows ops/sparse/sparse_reshape ops/sparse/sparse_segment_mean
      ops/sparse/sparse_segment_sum`),
  },
  {
    reason: 'Strings (kernels StringSplit and the like).',
    files: list(`ops/string/static_regex_replace ops/string/string_n_grams ops/string/string_split
      ops/string/string_to_hash_bucket_fast`),
  },
];

function list(names: string): string[] {
  return names.split(/\s+/);
}
