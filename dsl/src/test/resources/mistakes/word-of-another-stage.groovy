pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        epochs 3
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
