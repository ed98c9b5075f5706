pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        learningRate cosine(peak: 2e-4, warmup: 100.steps)
    }
    setup { search { learningRate 1e-4, 2e-4; steps 50 } }
}
