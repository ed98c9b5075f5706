pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: sharegpt
        roles human: 'customer'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
