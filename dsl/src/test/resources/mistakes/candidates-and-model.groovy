pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
        candidates 'models/a', 'models/b'
    }
    train {
        method lora()
    }
}
