// Answers the benchmark, a JSON line in, a JSON line out: {"examples": [[text, label], …]} trains, {"text"} is classified.
'use strict';

console.log = console.error; // lang-zh tells on standard output that it makes its dictionary
const { dockStart } = require('@nlpjs/basic');
const { LangZh } = require('@nlpjs/lang-zh');

let nlp;

async function train(examples) {
  const settings = { nlp: { autoSave: false, forceNER: false, languages: ['zh'], nlu: { log: false } } };
  const dock = await dockStart({ use: ['Basic'], settings });
  dock.getContainer().use(LangZh);
  nlp = dock.get('nlp');
  nlp.addLanguage('zh');
  for (const [text, label] of examples) nlp.addDocument('zh', text, label);
  await nlp.train();
  return {};
}

async function classify(text) {
  const { classifications } = await nlp.process('zh', text);
  return { scores: classifications.map(({ intent, score }) => [intent, score]) };
}

(async () => {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    const answer = asked.examples ? await train(asked.examples) : await classify(asked.text);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
})();
