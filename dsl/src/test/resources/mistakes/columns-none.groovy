pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        columns()
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
