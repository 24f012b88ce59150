// Commands of the documents that scripts/commands_of_docs.test.ts does not run, each with its reason.

export interface LeftOut {
  readonly why: string;
  /** As the document has them, without comment. */
  readonly commands: readonly string[];
}

export const leftOut: readonly LeftOut[] = [
  {
    why: 'They download this repository, or run all of it. `npm test` runs this list, demo.slow.test.ts the demo in full.',
    commands: ['git clone <this repository> halokit && cd halokit', 'npm start', 'npm test'],
  },
  {
    why: 'They install from the npm registry. release.slow.test.ts runs them, with our packages from their tarballs.',
    commands: [
      'mkdir feedback && cd feedback',
      'npm init --yes',
      'npm install --ignore-scripts @halokit/archangel',
      'npm install @halokit/data',
      'npm install @halokit/distributed',
      'npm install @halokit/evaluation @halokit/models @tensorflow/tfjs',
      'npm install @halokit/hub',

      'npm install @halokit/losses @tensorflow/tfjs',
      'npm install @halokit/models @tensorflow/tfjs',
      'ONNXRUNTIME_NODE_INSTALL=skip npm install @halokit/tfjs-backend-onnxruntime @tensorflow/tfjs',
      'ONNXRUNTIME_NODE_INSTALL=skip npm install @halokit/trainer @halokit/losses @halokit/models @halokit/data @halokit/tfjs-backend-onnxruntime @tensorflow/tfjs',
    ],
  },
  {
    why: 'A program of somebody else. tensorboard_curves.ts writes what it reads, and its tests read that by the format.',
    commands: ['tensorboard --logdir runs'],
  },
  {
    why: 'Measurements: minutes to an hour each, most of them beside PyTorch. The tests in bench/ cover their parts.',
    commands: [
      'npm run bench',
      'npm run bench -- native_engine',
      'npm run bench -- fused_kernels --shape 70m',
      'npm run bench -- fused_kernels --shape 6x512@8x256/2',
      'npm run bench -- native_engine --backend wasm --shape 2x64x500@2x16',
      'npm run bench -- generate',
      'npm run bench -- read_feedback --tokenizer pythia-70m',
      'npm run bench -- alignment --data harmless-base-test.jsonl.gz --tokenizer pythia-70m',
      'npm run bench -- big_models --shape pythia-410m-full@8x512/1',
      'npm run bench -- gpu',
      'npm run bench -- scaling',
      'npm run bench -- all_reduce',
      'npm run bench -- data_parallel --data harmless-base-test.jsonl.gz --tokenizer pythia-70m',
      'npm run bench -- gpu --shape pythia-70m --rounds 5 --peak-tflops 67,989',
      'npm run bench -- gpu --shape tiny --allow-software --torch-device cpu',
    ],
  },
  {
    why: 'They need a graphics processor, in hardware or software. Slow tests train on one in software where its driver is installed.',
    commands: [
      'archangel plan --model pythia-410m --device webgpu',
      'archangel train --method kto --data thumbs.jsonl --device webgpu',
      'archangel train --method kto --data thumbs.jsonl --device webgpu --float16',
    ],
  },
  {
    why: 'They download a library of hundreds of megabytes from outside npm, for NVIDIA’s GPUs. Neither was ever run.',
    commands: [
      'ONNXRUNTIME_NODE_INSTALL=cuda12 npm --prefix packages/tfjs-backend-onnxruntime/node_modules/onnxruntime-node run postinstall',
      'ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node',
    ],
  },
  {
    why: 'They need a cluster. slurm.slow.test.ts submits a grid to Slurm, where that is installed; Kubernetes was not tried.',
    commands: [
      'archangel grid run miniature --on slurm',
      'kubectl apply -f runs/miniature/kubernetes/claim.yaml',
      'kubectl delete job archangel-miniature --ignore-not-found',
      'kubectl apply -f runs/miniature/kubernetes/job.yaml',
      'kubectl get job archangel-miniature',
      'kubectl logs --selector app.kubernetes.io/instance=archangel-miniature --prefix',
    ],
  },
  {
    why: 'They start ranks by MPI, and install it. several_machines, sample_and_judge and mpi.slow.test.ts run them, where there is one.',
    commands: [
      'apt-get install openmpi-bin',
      'mpirun -np 4 node mean.mjs',
      'mpirun -np 2 --bind-to none archangel train --method kto --data thumbs.jsonl',
      'mpirun -np 2 --bind-to none archangel sample runs/kto-thumbs',
    ],
  },
  {
    why: 'Grids: minutes to over an hour. grid.slow.test.ts runs a slice of the miniature, stops it, goes on and reports it.',
    commands: ['archangel grid run miniature', 'archangel grid report miniature'],
  },
];

/** Run by commands_of_docs.slow.test.ts: each starts a program, whose start alone takes seconds. */
export const slow: readonly string[] = [
  'archangel check ./my_halo.ts',
  'archangel env',
  'archangel env --json',
  'archangel values --loss ./my_halo.ts',
  'npm run archangel -- demo --loss ./my_halo.ts',
  'npm run bench -- --help',
  `node --conditions=@halokit/source --import tsx bench/src/fused_kernels/program.ts '{"shape":{"layers":6,"width":512,"heads":8,"vocabulary":50304,"rows":8,"tokens":256,"microbatchRows":2},"steps":5,"backend":"onnxruntime","profileSteps":3}'`,
];
