// Every word that own-words.jar adds, in one pipeline: see README.md.
pipeline('own-words') {
    description 'Routes support tickets with words of a jar'
    notify board(name: 'team'), on: [finished, failed, drifted]
    track runTable(name: 'team')

    prepare {
        dataset 'data/tickets.tsv', format: tsv
        split train: 80.percent, validation: 10.percent, test: 10.percent
        maxTokens 256
    }
    initialize { model 'base-model' }
    train {
        method bitfit(norms: true)
        steps 10
        batch size: 8
        learningRate constant(1e-3)
    }
    evaluate {
        metric chrf(order: 4), above: 1
        metric loss
        limit 16
        maxNewTokens 32
    }
    deploy { target checksummed('models/own-words') }
    monitor {
        every 10.seconds
        log 'audit.jsonl'
        minimum 20
        confirm 1
        drift rankShift, on: promptLength, above: 0.3
    }
}
