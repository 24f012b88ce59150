/**
 * The loss of three steps of KTO on eight thumbs, by a model of two narrow layers made here, with the packages that are given
 * and on the backend that is set. Before the first, policy and reference are one: it is 1/2.
 */
export async function ktoSteps({ data, losses, models, trainer }) {
  const tokenizer = data.createTokenizer(data.trainTokenizer(['Say 1. It is 1. No idea.'], 290, ['<|endoftext|>']));
  const thumbs = Array.from({ length: 8 }, (_, i) => ({
    prompt: [{ role: 'user', content: `Say ${i}.` }],
    response: i % 2 ? `It is ${i}.` : 'No idea.',
    desirable: i % 2 === 1,
    source: 'here',
    line: i + 1,
  }));
  const lengths = { format: data.tulu, maxLength: 64, maxPromptLength: 48 };
  const examples = data.tokenizeBinary(thumbs, { tokenizer, ...lengths }, new data.Tally());
  const config = models.readConfig({
    ...{ model_type: 'gpt_neox', vocab_size: 290, hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 2 },
    ...{ max_position_embeddings: 64, eos_token_id: 0 },
  });
  const policy = models.createModel(config, { seed: 1 });
  const reference = trainer.referenceModel(models.cloneModel(policy));
  const dataset = { feedback: 'binary', examples };
  const walk = { seed: 1, batchSize: 8, microbatchSize: 4, epochs: 3, kl: true };
  const plan = await trainer.planBatches(dataset, walk);
  const optimizer = trainer.rmsprop();
  const run = trainer.train({ policy, reference, loss: losses.kto(), dataset, plan, optimizer, learningRate: 1e-3 });
  const found = [];
  for await (const { metrics } of run) found.push(metrics.loss);
  return found;
}
