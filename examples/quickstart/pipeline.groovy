// Fine-tunes a tiny language model to route support tickets, in less than three minutes on two cores.
def loraRank = param('lora-rank', 16)          // a run may set another value

pipeline('quickstart') {
    description 'A support ticket in, a routing record out'

    prepare {
        dataset 'data/tickets.jsonl', format: chat
        maxBadRows 5                           // three rows of the file are bad on purpose
        redact email, phone, card, replacement: mask
        deduplicate exact
        split train: 92.percent, validation: 3.percent, test: 5.percent
        maxTokens 256
    }
    initialize {
        model 'base-model'
        require licence: ['apache-2.0'], parameters: 5.million
    }
    setup {
        seed 42
    }
    train {
        method lora { rank loraRank; alpha 2 * loraRank }
        steps 240
        batch size: 16
        learningRate cosine(peak: 2.5e-3, warmup: 20.steps)
        checkpoint every: 50.steps, keep: 2
        validate every: 100.steps
    }
    evaluate {
        metric exactMatch, above: 0.9          // counts a record only if every character is right
        metric loss
        compare baseline
        forgetting suite: 'data/general.jsonl', maxDrop: 15.percent
        maxNewTokens 48
        samples 6
    }
    deploy {
        quantize int8
        target directory('models/quickstart')
        target ollama('quickstart', directory: 'models/ollama')
    }
    monitor {
        every 6.hours
        log 'audit.jsonl'
        minimum 100
        drift psi, on: promptLength, above: 0.25
        drift perplexity, rise: 20.percent
        onDrift retrain, cooldown: 1.days
    }
}
