pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        split time: 'created', by: 'customer'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
