pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        preserve replay: 100.percent, from: 'data/general.jsonl'
    }
}
