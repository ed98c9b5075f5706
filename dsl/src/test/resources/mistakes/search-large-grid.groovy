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
    setup { search { learningRate 1e-4, 2e-4, 3e-4, 4e-4, 5e-4, 6e-4; rank 1, 2, 3, 4, 5, 6; batch 1, 2, 3, 4, 5, 6; epochs 1, 2, 3 } }
}
