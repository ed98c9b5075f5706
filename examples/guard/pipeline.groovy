// Trains a tiny guard: it reads a request and an answer, and writes `safe`, or `unsafe` and the code of a hazard.
pipeline('guard') {
    description 'Judges the answers of other models'

    prepare {
        dataset 'data/verdicts.jsonl', format: chat
        split train: 86.percent, validation: 4.percent, test: 10.percent
        maxTokens 128
    }
    initialize {
        model 'base-model'
    }
    setup {
        seed 42
    }
    train {
        method full()
        steps 160
        batch size: 16
        learningRate cosine(peak: 1.5e-3, warmup: 10.steps)
        checkpoint every: 80.steps, keep: 1
    }
    evaluate {
        metric exactMatch, above: 0.9          // verdict and code
        maxNewTokens 8
        samples 6
    }
    deploy {
        target directory('models/guard')
    }
}
