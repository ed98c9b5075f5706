// A served model: the monitor detects drift of its requests, and a retraining learns from its users' corrections.
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
        every 5.seconds                        // short for this demonstration; use hours in production
        minimum 200                            // new requests that a drift check needs
        drift psi, on: promptLength            // no bound: the p-value decides
        drift ks, on: promptTokens
        drift chiSquare, on: language
        drift jensenShannon, on: answerLength
        drift classifier
        drift embedding
        drift perplexity
        drift feedback
        drift refusal
        falseAlarms 1.percent                  // per drift check, all nine detectors together
        confirm 2                              // drift checks in a row
        onDrift retrain, cooldown: 2.minutes
        onFeedback retrain, after: 200.rows, cooldown: 2.minutes
    }
}
