pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        columns prompt: 3
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
