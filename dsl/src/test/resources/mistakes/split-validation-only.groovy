pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        split validation: 10.percent
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
