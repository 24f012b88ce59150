import { library } from '../../tsup.base';

export default library({
  index: 'src/index.ts',
  'node/index': 'src/node/index.ts',
  'tensorflow/index': 'src/tensorflow/index.ts',
  'wasm/index': 'src/wasm/index.ts',
});
