pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base', digest: 'abc'
    }
    train {
        method lora()
    }
}
