// The spec files that the backend claims to pass: those whose ops its kernels implement, alone or together.

export interface FileGroup {
  readonly heading: string;
  readonly files: readonly string[];
}

export const claimed: readonly FileGroup[] = [
  group('Engine, tensors and gradients', '', [
    'backends/backend buffer debug_mode engine environment flags globals gradients kernel_registry profiler',
    'public/chained_ops/register_all_chained_ops tape tensor tensor_util util variable',
  ]),
  group('Weights in files', 'io/', ['io_utils']),
  group('Optimizers', 'optimizers/', [
    'adadelta_optimizer adagrad_optimizer adam_optimizer adamax_optimizer momentum_optimizer optimizer',
    'rmsprop_optimizer sgd_optimizer',
  ]),
  group('Losses', 'ops/losses/', [
    'absolute_difference compute_weighted_loss cosine_distance hinge_loss huber_loss log_loss mean_squared_error',
    'sigmoid_cross_entropy softmax_cross_entropy',
  ]),
  group('Arithmetic on two tensors', 'ops/', [
    'add add_n arithmetic binary_ops bitwise_and broadcast_args broadcast_to floordiv sub',
  ]),
  group('Comparison and logic', 'ops/', [
    'boolean_mask equal greater greater_equal less less_equal logical_and logical_not logical_or logical_xor not_equal',
    'where where_async',
  ]),
  group('Functions of each element', 'ops/', [
    'abs acos acosh asin asinh atan atanh ceil clip_by_value cos cosh erf exp expm1 floor is_finite is_inf is_nan log',
    'log1p neg reciprocal round rsqrt sign sin sinh sqrt square step tan tanh',
  ]),
  group('Activations', 'ops/', [
    'dropout dropout_util elu leaky_relu log_sigmoid log_softmax relu relu6 selu sigmoid softmax softplus',
  ]),
  group('Reductions and scans', 'ops/', [
    'all any arg_max arg_min axis_util cumprod cumsum euclidean_norm log_sum_exp max mean min moments moving_average norm',
    'prod sum',
  ]),
  group('Products of matrices', 'ops/', [
    'basic_lstm_cell einsum fused/fused_mat_mul linalg/band_part linalg/gram_schmidt linalg/qr mat_mul multi_rnn_cell',
  ]),
  group('Making tensors', 'ops/', [
    'diag eye fill linspace meshgrid multinomial one_hot ones ones_like rand random_gamma random_normal',
    'random_standard_normal random_uniform random_uniform_int range signal/hamming_window signal/hann_window',
    'truncated_normal zeros zeros_like',
  ]),
  group('Shapes', 'ops/', [
    'batch_to_space_nd clone concat depth_to_space ensure_shape expand_dims mirror_pad pad reverse reverse_1d reverse_2d',
    'reverse_3d reverse_4d signal/frame slice slice1d slice2d slice3d slice4d space_to_batch_nd split squeeze stack',
    'strided_slice tile transpose unstack',
  ]),
  group('Indices, counts and order', 'ops/', [
    'bincount confusion_matrix dense_bincount gather gather_nd in_top_k lower_bound scatter_nd search_sorted',
    'setdiff1d_async sparse_to_dense tensor_scatter_update topk unsorted_segment_sum upper_bound',
  ]),
  group('Convolution, pooling and normalization', 'ops/', [
    'avg_pool batchnorm conv1d conv2d conv2d_separable conv2d_transpose depthwise_conv2d fused/fused_conv2d',
    'fused/fused_depthwise_conv2d local_response_normalization max_pool max_pool_with_argmax pool',
  ]),
  group('Images', 'ops/', [
    'image/grayscale_to_rgb image/resize_bilinear image/resize_nearest_neighbor image/rgb_to_grayscale image/threshold',
    'to_pixels',
  ]),
];

export const claimedFiles: readonly string[] = claimed.flatMap(({ files }) => files);

function group(heading: string, folder: string, names: readonly string[]): FileGroup {
  const files = names.flatMap((line) => line.split(' ')).map((name) => folder + name);
  return { heading, files };
}
