pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: preference
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        epochs 2
    }
}
