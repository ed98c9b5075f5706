pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        split()
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
