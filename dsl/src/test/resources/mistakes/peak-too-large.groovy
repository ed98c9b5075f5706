pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        learningRate linear(peak: 2, warmup: 10.steps)
    }
}
