// Asks a made-up reference, question by question, for what a store in a folder misses: a line of JSON each time it is asked and
// each time an answer is in the store.
import { openReferenceStore } from '../../src/node';
import { madeUpReference, storedModel, storedQuestions } from '../stored_questions';

const store = await openReferenceStore(process.argv[2] as string, { model: storedModel });
const reference = madeUpReference(async (rows) => {
  console.log(JSON.stringify({ asked: rows.length }));
  await new Promise((resolve) => setTimeout(resolve, 20));
});
for await (const event of store.ask(reference, storedQuestions)) console.log(JSON.stringify(event));
