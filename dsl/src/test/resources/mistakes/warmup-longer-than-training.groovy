pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        steps 50
        learningRate cosine(peak: 2e-4, warmup: 100.steps)
    }
}
