pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        split train: 90, validation: 5.percent, test: 5.percent
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
