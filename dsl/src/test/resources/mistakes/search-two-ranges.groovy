pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
    setup { search { learningRate between(1e-5, 1e-4), between(1e-4, 1e-3); random trials: 4 } }
}
