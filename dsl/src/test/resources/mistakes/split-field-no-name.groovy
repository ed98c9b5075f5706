pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        split stratify: 'row.topic'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
