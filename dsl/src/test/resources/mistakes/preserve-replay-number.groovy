pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        preserve replay: 0.1, from: 'data/general.jsonl'
    }
}
