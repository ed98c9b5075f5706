// Fine-tunes SmolLM2-135M-Instruct on the rules and the tone of a shop's support desk.
def base = param('base', 'HuggingFaceTB/SmolLM2-135M-Instruct')    // or a folder, or a .gguf file
def trainSteps = param('steps', 100)

pipeline('support-assistant') {
    description 'Customers ask, the assistant answers by the shop\'s rules'

    prepare {
        dataset 'data/conversations.jsonl', format: chat
        deduplicate exact
        split train: 85.percent, validation: 5.percent, test: 10.percent
        maxTokens 320
    }
    initialize {
        model base
        require licence: ['apache-2.0'], parameters: 140.million
    }
    setup {
        seed 7
        precision bf16
    }
    train {
        method lora { rank 16; alpha 32 }
        steps trainSteps
        batch size: 8
        learningRate cosine(peak: 2e-3, warmup: 5.steps)
        checkpoint every: 20.steps, keep: 2
        validate every: 50.steps
    }
    evaluate {
        metric rougeL, above: 0.4              // similarity to the desk's own answers; the base model has 0.13
        metric loss, below: 1.0                // nats per token; the base model has more than 2
        compare baseline, tolerance: 0.percent // the whole interval must be better than the base model
        limit 40
        maxNewTokens 96
        samples 6
    }
    deploy {
        quantize int8
        target directory('models/support-assistant')
        target ollama('support-assistant', directory: 'models/ollama')
    }
}
