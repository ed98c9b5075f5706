// A served model that notices when its requests change, learns from its users' corrections, and replaces itself.
pipeline('ticket-desk') {
    description 'Routes support tickets, and goes on learning'

    prepare {
        dataset '../quickstart/data/tickets.jsonl', format: chat
        maxBadRows 5
        redact email, phone, card, replacement: mask
        deduplicate exact
        split train: 92.percent, validation: 3.percent, test: 5.percent
        maxTokens 256
    }
    initialize {
        model '../quickstart/base-model'
        require licence: ['apache-2.0']
    }
    setup {
        seed 42
    }
    train {
        method lora { rank 16; alpha 32 }
        steps 240
        batch size: 16
        learningRate cosine(peak: 2.5e-3, warmup: 20.steps)
        checkpoint every: 60.steps, keep: 2
    }
    evaluate {
        metric exactMatch, above: 0.8
        metric loss
        compare champion
        maxNewTokens 48
    }
    deploy {
        target http { port 8080 }
        canary 30.percent, hold: 20.seconds, minRequests: 20
    }
    monitor {
        every 5.seconds                        // a demonstration's pace: hours in earnest
        minimum 200                            // a look needs so many new requests
        drift psi, on: promptLength            // no bound: what chance would not bring about
        drift ks, on: promptTokens
        drift chiSquare, on: language
        drift jensenShannon, on: answerLength
        drift classifier
        drift embedding
        drift perplexity
        drift feedback
        drift refusal
        falseAlarms 1.percent                  // of a look, all nine together
        confirm 2                              // looks in a row
        onDrift retrain, cooldown: 2.minutes
        onFeedback retrain, after: 200.rows, cooldown: 2.minutes
    }
}
